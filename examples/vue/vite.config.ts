import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // The library finds its worker and its model beside its own file: the dev server must leave it there.
  optimizeDeps: { exclude: ['shiwu'] },
});
