/** The ES module build carries no types of its own (wgsl_reflect 1.6.0; can go when its `exports` name them). */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect';
}
