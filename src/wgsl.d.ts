// What `import source from './tiled.wgsl'` yields; the Vite plugin in build/wgsl-plugin.ts makes it so.
declare module '*.wgsl' {
  const source: import('./kernel/wgsl.js').WgslSource;
  export default source;
}

// What `import html from './README.md'` yields; the Vite plugin in build/markdown-plugin.ts makes it so.
declare module '*.md' {
  const html: string;
  export default html;
}
