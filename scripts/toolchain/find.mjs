// Finds what a build needs, prefers what the system has, sets up privately what is missing where that is
// possible (Debian and Ubuntu: in .toolchain, without root), and otherwise says exactly what to install.
// As a command: node scripts/toolchain/find.mjs [--tests]   prints what was found, as JSON.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { argv, env, execPath, platform, versions } from 'node:process';
import { pathToFileURL } from 'node:url';
import { at, main, older, Trouble, toolchainDir, windows } from '../lib/project.mjs';
import { ask, pathWith, run, which } from '../lib/run.mjs';
import { readVersion, smoke, versionIn } from './smoke.mjs';
import { debianPackages, hasApt, remedy } from './system.mjs';

const MINIMUM = {
  cmake: '3.23', // the version that CMakeLists.txt and CMakePresets.json ask for
  python: '3.8', // what Emscripten's scripts are written for
  emcc: '3.1.60', // the first with all that the link line asks for
  gcc: '12', // C++20 as the core uses it
  clang: '15',
};

const debianDir = join(toolchainDir, 'debian');
const emscriptenDir = join(toolchainDir, 'emscripten');
const includeDir = join(toolchainDir, 'include');
const jpegDir = join(toolchainDir, 'libjpeg-turbo');

/**
 * @typedef {object} Toolchain
 * @property {string} cmake
 * @property {string} ctest
 * @property {string} ninja
 * @property {string} cxx a native C++ compiler ('' unless tests were asked for)
 * @property {string} emcc
 * @property {string} emccVersion
 * @property {string} emscriptenToolchainFile for CMAKE_TOOLCHAIN_FILE
 * @property {string} stbInclude a folder with stb_image.h
 * @property {string} hwyInclude a folder with hwy/ and nothing else, safe for -I in a cross build
 * @property {string} jpegSource libjpeg-turbo's source tree
 * @property {string} gtestSource GoogleTest's source tree, '' where there is none
 * @property {string[]} path folders to put in front of PATH
 * @property {Record<string, string>} env the environment for builds: PATH, and EM_CONFIG of the private Emscripten
 */

/**
 * @param {{tests?: boolean, onProgress?: (line: string) => void}} options tests: also what only the tests need
 * @returns {Promise<Toolchain>}
 */
export async function findToolchain({ tests = false, onProgress = () => {} } = {}) {
  const { needs, problems, ...first } = survey({ tests });
  let { found, emcc } = first;
  const missing = () => needs.filter((need) => !found[need]);
  const unpackable = missing().filter((need) => need !== 'cxx' && need !== 'jpeg');
  if (unpackable.length && hasApt) {
    // googletest is small and the tests will ask for it: one reading of apt's lists instead of two
    const packages = debianPackages(
      unpackable.includes('gtest') || found.gtest ? unpackable : [...unpackable, 'gtest'],
    );
    onProgress(`unpacking ${packages.join(' ')} privately (about 20 s)`);
    await run('bash', [at('scripts/toolchain/debian-packages.sh'), debianDir, ...packages], {
      env: { SHIWU_FORCE: existsSync(join(debianDir, '.packages')) ? '1' : '' }, // there and yet not working: anew
      output: 'on-failure',
      onLine: onProgress,
      remedy: remedy(missing()),
    });
    found = look(needs);
  }

  if (!found.jpeg && hasApt) {
    onProgress('fetching the source of libjpeg-turbo (about 15 s)');
    await run(
      'bash',
      [at('scripts/toolchain/debian-source.sh'), jpegDir, 'libjpeg-turbo', '2.1.'],
      {
        output: 'on-failure',
        onLine: onProgress,
        remedy: remedy(['jpeg']),
      },
    );
    found.jpeg = jpegSource();
  }

  if (!emcc && hasApt && found.python) {
    for (const problem of problems) onProgress(problem);
    onProgress('setting up a private Emscripten (about 1 min, 190 MB to download, 0.9 GB of disk)');
    await run('bash', [at('scripts/toolchain/emscripten.sh'), emscriptenDir], {
      env: {
        EMSCRIPTEN_FORCE: '1',
        EMSCRIPTEN_MIN: MINIMUM.emcc,
        PATH: pathWith(dirname(found.python), ...nodeFolder()),
      },
      output: 'on-failure',
      onLine: onProgress,
      remedy: remedy(['emcc']),
    });
    emcc = findEmcc([]);
  }
  const lacking = [...missing(), ...(emcc ? [] : ['emcc'])];
  if (lacking.length) throw new Trouble(remedy(lacking));

  const path = extraPath([found.cmake, found.ninja, found.python, emcc.path]);
  return {
    cmake: found.cmake,
    ctest: sibling(found.cmake, 'ctest'),
    ninja: found.ninja,
    cxx: found.cxx,
    emcc: emcc.path,
    emccVersion: emcc.version,
    emscriptenToolchainFile: join(emcc.root, 'cmake/Modules/Platform/Emscripten.cmake'),
    stbInclude: aloneStb(found.stb),
    hwyInclude: aloneHwy(found.hwy),
    jpegSource: found.jpeg,
    gtestSource: found.gtest,
    path,
    env: {
      PATH: pathWith(...path),
      ...(emcc.private ? { EM_CONFIG: join(emcc.root, '.emscripten') } : {}),
    },
  };
}

/** What is here and what is not, without installing anything: for telling a person what will happen. */
export function survey({ tests = false } = {}) {
  const problems = [];
  const emcc = findEmcc(problems);
  const needs = ['cmake', 'ninja', 'stb', 'hwy', 'jpeg', ...(tests ? ['cxx', 'gtest'] : [])];
  // a private Emscripten runs on the system's Python; one that somebody installed brings or found its own
  if (!emcc || emcc.private) needs.push('python');
  const found = look(needs);
  return {
    needs,
    found,
    emcc,
    problems,
    missing: [...needs.filter((need) => !found[need]), ...(emcc ? [] : ['emcc'])],
  };
}

function look(needs) {
  const wanted = (need, how) => (needs.includes(need) ? how() : '');
  return {
    cmake: program('cmake', MINIMUM.cmake),
    ninja: program('ninja', '0'),
    python: wanted(
      'python',
      () =>
        program('python3', MINIMUM.python) || (windows ? program('python', MINIMUM.python) : ''),
    ),
    cxx: wanted('cxx', compiler),
    stb: header('SHIWU_STB_INCLUDE_DIR', 'stb_image.h', ['stb', '']),
    hwy: header('SHIWU_HWY_INCLUDE_DIR', join('hwy', 'highway.h'), ['']),
    jpeg: jpegSource(),
    gtest: googletest(needs.includes('gtest')),
  };
}

/** the system's program, else the private one, when it answers with a version that will do */
function program(name, minimum) {
  for (const path of [which(name), join(debianDir, 'bin', name)]) {
    if (!path || !existsSync(path)) continue;
    const version = /\d+(\.\d+)+/.exec(ask(path, ['--version']))?.[0];
    if (version && !older(version, minimum)) return path;
  }
  return '';
}

const sibling = (path, name) => {
  const beside = join(dirname(path), windows ? `${name}.exe` : name);
  return existsSync(beside) ? beside : which(name);
};

function compiler() {
  const numbered = [];
  for (let v = 16; v >= 12; v--) numbered.push(`g++-${v}`);
  for (let v = 22; v >= 15; v--) numbered.push(`clang++-${v}`);
  for (const name of [env.CXX, 'g++', 'clang++', 'c++', ...numbered]) {
    const path = name && which(name.split(' ')[0]);
    if (!path) continue;
    const said = ask(path, ['--version']);
    const clang = /clang version (\d+[\d.]*)/.exec(said)?.[1];
    const version = clang ?? /\) (\d+\.\d+[\d.]*)/.exec(said)?.[1];
    if (version && !older(version, clang ? MINIMUM.clang : MINIMUM.gcc)) return path;
  }
  return '';
}

/** include folders of the system, of Homebrew and MacPorts, of vcpkg, then of the private packages */
function includeFolders() {
  const folders = [
    '/usr/include',
    '/usr/local/include',
    '/opt/homebrew/include',
    '/opt/local/include',
  ];
  for (const vcpkg of [
    env.VCPKG_ROOT,
    env.VCPKG_INSTALLATION_ROOT,
    at('../vcpkg'),
    ...(windows ? ['C:\\vcpkg'] : []),
  ]) {
    const installed = vcpkg && join(vcpkg, 'installed');
    if (!installed || !existsSync(installed)) continue;
    for (const triplet of readdirSync(installed))
      if (triplet !== 'vcpkg') folders.push(join(installed, triplet, 'include'));
  }
  return [...folders, join(debianDir, 'usr/include')];
}

function header(variable, file, subfolders) {
  if (env[variable]) {
    const folder = resolve(env[variable]);
    if (existsSync(join(folder, file))) return folder;
    throw new Trouble(
      `${variable} is ${env[variable]}, but there is no ${file} in it.\nPoint it at the folder that holds ${file}, or unset it.`,
    );
  }
  for (const folder of includeFolders()) {
    for (const sub of subfolders) if (existsSync(join(folder, sub, file))) return join(folder, sub);
  }
  return '';
}

function googletest(wanted) {
  const places = [
    '/usr/src/googletest',
    at('../googletest'),
    join(debianDir, 'usr/src/googletest'),
  ];
  return source('SHIWU_GTEST_SOURCE_DIR', 'googletest/src/gtest-all.cc', places, wanted);
}

function jpegSource() {
  return source('SHIWU_JPEG_SOURCE_DIR', 'jdapistd.c', [at('../libjpeg-turbo'), jpegDir], true);
}

/** a source tree that has `file`: where the variable says, else in one of the places */
function source(variable, file, places, wanted) {
  const isSource = (folder) => existsSync(join(folder, file));
  if (env[variable]) {
    if (isSource(env[variable])) return resolve(env[variable]);
    if (wanted)
      throw new Trouble(
        `${variable} is ${env[variable]}, but there is no ${file} in it.\nPoint it at the source tree that has it, or unset it.`,
      );
  }
  return places.find(isSource) ?? '';
}

// Folders such as /usr/include must never reach a cross compiler's -I: the host's libc would come with them.
// So a header that lies among others gets a folder of its own.
function aloneHwy(folder) {
  const own = join(includeDir, 'highway');
  const link = join(own, 'hwy');
  const target = realpathSync(join(folder, 'hwy'));
  let now = '';
  try {
    now = readlinkSync(link);
  } catch {
    // not there yet
  }
  if (resolve(now) !== target) {
    mkdirSync(own, { recursive: true });
    rmSync(link, { recursive: true, force: true });
    symlinkSync(target, link, 'junction'); // on Windows a junction needs no special right; elsewhere the word is ignored
  }
  return own;
}

function aloneStb(folder) {
  if (basename(folder) === 'stb' || env.SHIWU_STB_INCLUDE_DIR) return folder;
  const own = join(includeDir, 'stb');
  const [from, to] = [join(folder, 'stb_image.h'), join(own, 'stb_image.h')];
  if (!existsSync(to) || !readFileSync(to).equals(readFileSync(from))) {
    mkdirSync(own, { recursive: true });
    copyFileSync(from, to);
  }
  return own;
}

function findEmcc(problems) {
  const bat = windows ? 'emcc.bat' : 'emcc';
  const own = join(emscriptenDir, 'bin', bat);
  for (const path of [
    which('emcc'),
    env.EMSDK && join(env.EMSDK, 'upstream/emscripten', bat),
    own,
  ]) {
    if (!path || !existsSync(path)) continue;
    const checked = checkEmcc(path, path === own);
    if (!checked.problem) return { path, private: path === own, ...checked };
    problems.push(checked.problem);
  }
  return null;
}

/**
 * Does this emcc do what we need? The answer costs seconds, so it is remembered for the same file, Emscripten and Node.
 * A failure is not remembered: what was missing may be there next time.
 */
function checkEmcc(path, isOwn) {
  const memory = join(toolchainDir, 'emcc-checks.json');
  const real = statSync(realpathSync(path));
  let all = {};
  try {
    all = JSON.parse(readFileSync(memory, 'utf8'));
  } catch {
    // no memory yet, or not readable: check again
  }
  const print = (root) =>
    `${real.mtimeMs} ${real.size} node ${versions.node} emscripten ${readVersion(root)}`;
  const known = all[path];
  if (known && known.print === print(known.root)) return known;

  const extra = isOwn
    ? {
        PATH: pathWith(join(debianDir, 'bin'), ...nodeFolder()),
        EM_CONFIG: join(emscriptenDir, 'usr/share/emscripten/.emscripten'),
      }
    : {};
  const version = versionIn(ask(path, ['--version'], { env: extra }).split('\n')[0]);
  if (!version || older(version, MINIMUM.emcc))
    return {
      problem: `${path} ${version ? `is ${version}, older than ${MINIMUM.emcc}` : 'does not start'}`,
    };
  const config = join(dirname(path), windows ? 'em-config.bat' : 'em-config');
  const root = ask(config, ['EMSCRIPTEN_ROOT'], { env: extra }).trim();
  if (!existsSync(join(root, 'cmake/Modules/Platform/Emscripten.cmake')))
    return { problem: `${path} has no CMake toolchain file` };
  const problem = smoke(dirname(path), { ...env, ...extra });
  if (problem) return { problem: `${path} failed its smoke test: ${problem}` };
  all[path] = { version, root, print: print(root) };
  mkdirSync(toolchainDir, { recursive: true });
  writeFileSync(memory, `${JSON.stringify(all, null, 1)}\n`);
  return all[path];
}

const nodeFolder = () => (which('node') ? [] : [dirname(execPath)]);

/** the folders of these programs that PATH would not lead to */
function extraPath(programs) {
  const folders = [];
  for (const path of programs) {
    if (path && which(basename(path).replace(/\.(exe|bat|cmd)$/, '')) !== path)
      folders.push(dirname(path));
  }
  return [...new Set([...folders, ...nodeFolder()])];
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await main(async () => {
    const found = await findToolchain({
      tests: argv.includes('--tests'),
      onProgress: (line) => console.error(line),
    });
    const { env: _, ...plain } = found;
    console.log(JSON.stringify({ ...plain, path: plain.path.join(delimiter), platform }, null, 2));
  });
}
