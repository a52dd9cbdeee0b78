import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The library's build knows the models that ship; the tests know one that is held, by name.
  define: { SHIWU_HELD: '["held"]' },
  test: {
    // Ends a test that hangs; how fast a machine is shall decide nothing.
    testTimeout: 60_000,
    // Of two cores Vitest would leave one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    include: ['tests/web/**/*.test.ts'],
    environment: 'node',
    // The built package runs as it is, as one in node_modules would.
    server: { deps: { external: [/\/dist\/[\w-]+\.js$/] } },
  },
});
