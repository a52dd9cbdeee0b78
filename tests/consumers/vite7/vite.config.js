import { defineConfig } from 'vite';

// Before Vite 8 the dev server moves a library away from the files that lie beside it.
export default defineConfig({ optimizeDeps: { exclude: ['shiwu'] } });
