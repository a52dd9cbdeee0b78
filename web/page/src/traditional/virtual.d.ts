/** Made by plugins/traditional.ts. */
declare module 'virtual:traditional' {
  /** Words of the page's Chinese, and what stands for them; single characters too. */
  export const dictionary: readonly (readonly [simplified: string, traditional: string])[];
  /** The same for names of classes and categories, each as a whole. */
  export const names: readonly (readonly [simplified: string, traditional: string])[];
}
