// node scripts/sbom.mjs: the bill of materials of the npm package, dist/sbom.cdx.json (CycloneDX 1.6): what of
// others is in it, in which version, under which licence. It is made from what was built: the packages that esbuild
// really put into dist, and the C++ that the core was really compiled with. Nothing in it depends on the time or
// on chance. Fails where a part is not named in NOTICE, or stands under a licence that nobody has looked at.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { at, main, Trouble } from './lib/project.mjs';

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Permissive all, as SPDX writes them. */
const LICENCES = new Set([
  'BSD-3-Clause',
  'Apache-2.0',
  'IJG AND Zlib',
  'ISC',
  'MIT',
  'MIT OR Unlicense',
]);

function fromNpm() {
  const list = at('build/bundled-packages.json');
  if (!existsSync(list)) throw new Trouble('Build the library first: node scripts/build.mjs lib');
  return json(list).map((folder) => {
    const { name, version, license } = json(at(folder, 'package.json'));
    return { name, version, license, type: 'npm' };
  });
}

/** What wasm-release was compiled with, by the folders that its configuration names. */
function fromCpp() {
  const file = at('build/wasm-release/CMakeCache.txt');
  if (!existsSync(file)) throw new Trouble('Build the core first: node scripts/build.mjs wasm');
  const cache = readFileSync(file, 'utf8');
  const folder = (name) => new RegExp(`^${name}:[A-Z]+=(.*)$`, 'm').exec(cache)?.[1] ?? '';
  const read = (name, path, pattern) => {
    const text = readFileSync(join(folder(name), path), 'utf8');
    const found = pattern.exec(text)?.slice(1).join('.');
    if (!found) throw new Trouble(`${path} in ${folder(name)} does not say its version`);
    return found;
  };
  const emscripten = read(
    'CMAKE_TOOLCHAIN_FILE',
    '../../../../emscripten-version.txt',
    /(\d+\.\d+\.\d+)/,
  );
  return [
    {
      name: 'stb_image',
      version: read('SHIWU_STB_INCLUDE_DIR', 'stb_image.h', /stb_image - v(\d+\.\d+)/),
      license: 'MIT OR Unlicense',
    },
    {
      name: 'Highway',
      version: read(
        'SHIWU_HWY_INCLUDE_DIR',
        'hwy/highway.h',
        /HWY_MAJOR (\d+)[\s\S]*?HWY_MINOR (\d+)[\s\S]*?HWY_PATCH (\d+)/,
      ),
      license: 'Apache-2.0',
    },
    {
      name: 'libjpeg-turbo',
      version: read('SHIWU_JPEG_SOURCE_DIR', 'CMakeLists.txt', /set\(VERSION (\d+\.\d+\.\d+)/),
      license: 'IJG AND Zlib',
    },
    { name: 'Emscripten', version: emscripten, license: 'MIT' },
  ].map((part) => ({ ...part, type: 'generic' }));
}

function fromModels() {
  const { id, version, license } = json(at('models/bundles/lite0/manifest.json'));
  return [
    {
      name: `EfficientNet-${id[0].toUpperCase()}${id.slice(1)}`,
      version,
      license,
      model: true,
      type: 'generic',
    },
  ];
}

function toComponent({ name, version, license, type, model = false }) {
  const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const kind = model ? Enums.ComponentType.MachineLearningModel : Enums.ComponentType.Library;
  const purl = new PackageURL(type, group, own, version).toString();
  const component = new Models.Component(kind, own, { group, version, purl, bomRef: purl });
  component.licenses.add(
    / /.test(license) ? new Models.LicenseExpression(license) : new Models.SpdxLicense(license),
  );
  return component;
}

/** @param {(line: string) => void} say */
export async function writeSbom(say) {
  const parts = [...fromNpm(), ...fromCpp(), ...fromModels()];
  const notice = readFileSync(at('NOTICE'), 'utf8');
  for (const { name, license } of parts) {
    if (!LICENCES.has(license))
      throw new Trouble(
        `${name} stands under ${license}: may it be in the package? (scripts/sbom.mjs)`,
      );
    if (!notice.includes(name))
      throw new Trouble(`${name} is in dist, and NOTICE does not name it.`);
  }
  const own = json(at('package.json'));
  const bom = new Models.Bom({
    components: new Models.ComponentRepository(parts.map(toComponent)),
    metadata: new Models.Metadata({
      component: toComponent({ ...own, type: 'npm' }),
    }),
  });
  const serializer = new Serialize.JsonSerializer(
    new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6),
  );
  const text = serializer.serialize(bom, { sortLists: true, space: 1 });
  const faults = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (faults !== null) throw new Error(`not CycloneDX: ${JSON.stringify(faults).slice(0, 500)}`);
  writeFileSync(at('dist/sbom.cdx.json'), `${text}\n`);
  say(
    `sbom.cdx.json: ${parts.length} parts, each in NOTICE and under a licence that was looked at`,
  );
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href)
  await main(() => writeSbom((line) => console.log(line)));
