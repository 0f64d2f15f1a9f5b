// Codes of a word that are channels.
const LANES = 4u;
