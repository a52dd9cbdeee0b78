import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The library finds its worker and its model beside its own file: the dev server must leave it there.
  optimizeDeps: { exclude: ['shiwu'] },
});
