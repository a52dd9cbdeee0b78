/** Made by plugins/sizes.ts. */
declare module 'virtual:sizes' {
  /** Of the files as they are sent. */
  export const bytes: Readonly<Record<'fast' | 'accurate' | 'ort' | 'webgpu', number>>;
}
