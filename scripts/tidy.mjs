// npm run tidy [-- resample fuzz_]: clang-tidy over our C++ (.clang-tidy says which checks, and why not the others), or
// over the files whose paths have one of these words. It sees each file as the native tests are compiled.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { argv } from 'node:process';
import { configure } from './lib/cmake.mjs';
import { at, main, shown } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { findClangTidy } from './toolchain/clang-tidy.mjs';
import { findToolchain } from './toolchain/find.mjs';

const PRESET = 'native-asan';
const OURS = /^(wasm|tests[\\/](cpp|fuzz))[\\/].*\.cc$/;
// Under CI=1 warnings are errors, and then also those that clang has of GCC's headers; where GCC has precompiled some
// already, clang reads them as text.
const WARNINGS = ['--extra-arg=-Wno-error', '--extra-arg=-Wno-ignored-gch'];
const NOT_OURS = /stb\.cc$/; // stb_image's own code in a file of ours

await main(async () => {
  const onProgress = (line) => console.log(line);
  const tidy = await findClangTidy({ onProgress });
  await configure(PRESET, await findToolchain({ tests: true, onProgress }));
  const commands = JSON.parse(readFileSync(at('build', PRESET, 'compile_commands.json'), 'utf8'));
  const words = argv.slice(2);
  const files = [...new Set(commands.map(({ file }) => shown(file)))]
    .filter((file) => OURS.test(file) && !NOT_OURS.test(file))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const waiting = [...files];
  let failed = 0;
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      try {
        await run(tidy, ['-p', at('build', PRESET), '--quiet', ...WARNINGS, file], {
          output: 'on-failure',
        });
      } catch (error) {
        failed++;
        console.error(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  console.log(`clang-tidy: ${files.length - failed} of ${files.length} files clean`);
  return failed || files.length === 0 ? 1 : 0;
});
