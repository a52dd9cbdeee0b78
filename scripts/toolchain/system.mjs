// Which system is this, and what would a person type on it to install what is missing?
import { existsSync, readFileSync } from 'node:fs';
import { env, getuid, platform } from 'node:process';
import { which } from '../lib/run.mjs';

function osRelease() {
  for (const file of ['/etc/os-release', '/usr/lib/os-release']) {
    if (!existsSync(file)) continue;
    const pairs = readFileSync(file, 'utf8').matchAll(/^([A-Z_]+)="?(.*?)"?$/gm);
    return Object.fromEntries([...pairs].map(([, key, value]) => [key, value]));
  }
  return {};
}

const release = platform === 'linux' ? osRelease() : {};
const like = `${release.ID ?? ''} ${release.ID_LIKE ?? ''}`;

export const isRoot = getuid?.() === 0;
export const isDebian = release.ID === 'debian';
/** Debian, Ubuntu and what is made from them, with apt at hand */
export const hasApt =
  platform === 'linux' && /\b(debian|ubuntu)\b/.test(like) && Boolean(which('apt-get'));

const kind =
  { darwin: 'macos', win32: 'windows' }[platform] ??
  (/\b(debian|ubuntu)\b/.test(like)
    ? 'apt'
    : /\b(fedora|rhel|centos)\b/.test(like)
      ? 'dnf'
      : /\barch\b/.test(like)
        ? 'pacman'
        : 'other');

export const systemName =
  { macos: 'macOS', windows: 'Windows' }[kind] ?? release.PRETTY_NAME ?? 'this system';

// What each system calls the things we need. Absent: not packaged there (or not in a form that a build can use),
// so the line of `byHand` is given.
const PACKAGES = {
  apt: {
    command: 'sudo apt-get update && sudo apt-get install -y',
    cmake: 'cmake',
    ninja: 'ninja-build',
    cxx: 'g++',
    python: 'python3',
    stb: 'libstb-dev',
    hwy: 'libhwy-dev',
    gtest: 'googletest',
    emcc: aptHasGoodEmscripten() ? 'emscripten' : undefined,
  },
  dnf: {
    command: 'sudo dnf install',
    cmake: 'cmake',
    ninja: 'ninja-build',
    cxx: 'gcc-c++',
    python: 'python3',
    stb: 'stb_image-devel',
    hwy: 'highway-devel',
  },
  pacman: {
    command: 'sudo pacman -S --needed',
    cmake: 'cmake',
    ninja: 'ninja',
    cxx: 'gcc',
    python: 'python',
    stb: 'stb',
    hwy: 'highway',
    emcc: 'emscripten',
  },
  macos: {
    command: 'brew install',
    cmake: 'cmake',
    ninja: 'ninja',
    python: 'python',
    hwy: 'highway',
    emcc: 'emscripten',
  },
  windows: {
    command: 'winget install',
    cmake: 'Kitware.CMake',
    ninja: 'Ninja-build.Ninja',
    cxx: 'LLVM.LLVM',
    python: 'Python.Python.3.12',
  },
  other: {},
};

// Debian 13 and Ubuntu 25.04 are the first with Emscripten 3.1.69; before that it is 3.1.6.
function aptHasGoodEmscripten() {
  const version = Number.parseFloat(release.VERSION_ID);
  return Number.isFinite(version) && version >= (release.ID === 'ubuntu' ? 25.04 : 13);
}

const NAMES = {
  cmake: 'CMake',
  ninja: 'Ninja',
  cxx: 'a C++20 compiler',
  python: 'Python 3',
  stb: 'stb_image.h',
  hwy: 'Highway (hwy/highway.h)',
  jpeg: "libjpeg-turbo's source",
  gtest: "GoogleTest's source",
  emcc: 'Emscripten',
};

const onWindows = kind === 'windows';
const set = (name, value) =>
  onWindows ? `set ${name}=%CD%\\${value.replaceAll('/', '\\')}` : `export ${name}="$PWD/${value}"`;

const byHand = {
  cmake: () => ['CMake 3.23 or newer: from cmake.org, on PATH'],
  ninja: () => ['Ninja: from ninja-build.org, on PATH'],
  cxx: () => [
    kind === 'macos' ? 'xcode-select --install' : 'g++ 12 or clang 15, or newer, on PATH',
  ],
  python: () => ['Python 3.8 or newer, on PATH'],
  stb: () => vcpkg('stb'),
  hwy: () => vcpkg('highway'),
  jpeg: () => [
    `git clone --depth 1 --branch 2.1.5 https://github.com/libjpeg-turbo/libjpeg-turbo ${onWindows ? '..\\libjpeg-turbo' : '../libjpeg-turbo'}`,
    set('SHIWU_JPEG_SOURCE_DIR', '../libjpeg-turbo'),
  ],
  gtest: () => [
    `git clone --depth 1 --branch v1.15.2 https://github.com/google/googletest ${onWindows ? '..\\googletest' : '../googletest'}`,
    set('SHIWU_GTEST_SOURCE_DIR', '../googletest'),
  ],
  emcc: () => [
    `git clone https://github.com/emscripten-core/emsdk ${onWindows ? '..\\emsdk' : '../emsdk'}`,
    ...(onWindows
      ? [
          '..\\emsdk\\emsdk install 3.1.69',
          '..\\emsdk\\emsdk activate 3.1.69',
          '..\\emsdk\\emsdk_env.bat',
        ]
      : [
          '../emsdk/emsdk install 3.1.69 && ../emsdk/emsdk activate 3.1.69',
          '. ../emsdk/emsdk_env.sh',
        ]),
  ],
};

const vcpkg = (port) => [
  ...(env.VCPKG_ROOT
    ? []
    : onWindows
      ? [
          'git clone https://github.com/microsoft/vcpkg ..\\vcpkg && ..\\vcpkg\\bootstrap-vcpkg.bat',
          set('VCPKG_ROOT', '../vcpkg'),
        ]
      : [
          'git clone https://github.com/microsoft/vcpkg ../vcpkg && ../vcpkg/bootstrap-vcpkg.sh',
          set('VCPKG_ROOT', '../vcpkg'),
        ]),
  onWindows ? `"%VCPKG_ROOT%\\vcpkg" install ${port}` : `"$VCPKG_ROOT/vcpkg" install ${port}`,
];

/** the Debian packages of these needs, for a private unpacking */
export const debianPackages = (needs) => needs.map((need) => PACKAGES.apt[need]).filter(Boolean);

/** One sentence on what is missing, then the exact lines to type on this system. */
export function remedy(needs) {
  const table = PACKAGES[kind];
  const packaged = needs.filter((need) => table[need]);
  const lines = [];
  if (packaged.length)
    lines.push(`${table.command} ${packaged.map((need) => table[need]).join(' ')}`);
  for (const need of needs) {
    if (!table[need])
      for (const line of byHand[need]()) if (!lines.includes(line)) lines.push(line);
  }
  const names = needs.map((need) => NAMES[need]);
  return [
    `Missing 缺少: ${names.join(', ')}. Neither found on ${systemName} nor set up privately.`,
    `Type these lines in the project folder, then run the same command again 在项目目录运行下列命令后重试:`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
