// Codes of a word that are channels: groups of one channel leave the others empty.
const LANES = 1u;
