/** Stands for Node's `crypto` in the page: random-js names it in an engine that the page never uses, and Vite would warn. */
export {};
