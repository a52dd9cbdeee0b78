// npm start [-- --port 8080 --host 0.0.0.0]: from a fresh clone to the page in the browser.
// Everything it sets up lies inside the project folder. The second time only what changed is built.
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { argv, execPath, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { buildSteps, PARTS } from './build.mjs';
import { nodeModulesFresh } from './lib/node-modules.mjs';
import { at, main, shown, Trouble, toolchainDir } from './lib/project.mjs';
import { seconds, start, whenInterrupted } from './lib/run.mjs';
import { bold, dim, Steps } from './lib/steps.mjs';
import { survey } from './toolchain/find.mjs';
import { hasApt } from './toolchain/system.mjs';

const PREFERRED_PORT = 4173;
const PORTS_TRIED = 50;
const READY_WITHIN = 30_000; // ms: `vite preview` answers in about one second; a loaded machine takes longer

function options() {
  const known = {
    port: { type: 'string' },
    host: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  };
  let values;
  try {
    ({ values } = parseArgs({ args: argv.slice(2), options: known }));
  } catch (error) {
    throw new Trouble(`${error.message}\nUsage: npm start -- [--port 4173] [--host localhost]`);
  }
  const port = Number(values.port ?? PREFERRED_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Trouble(`--port ${values.port} is not a port: a number from 1 to 65535 is needed.`);
  return {
    port,
    host: values.host ?? 'localhost',
    help: values.help,
    asked: values.port !== undefined,
  };
}

function announceFirstTime() {
  const modules = nodeModulesFresh();
  const { missing } = survey();
  if (modules && !missing.length) return;
  const tools = missing.filter((need) => need !== 'emcc');
  const lines = [];
  if (!modules) lines.push(['npm packages', 'about 30 s', 'node_modules']);
  if (hasApt && tools.length)
    lines.push([`build tools (${tools.join(', ')})`, 'about 20 s, 120 MB', shown(toolchainDir)]);
  if (hasApt && missing.includes('emcc'))
    lines.push(['Emscripten', 'about 1 min, 0.9 GB', shown(toolchainDir)]);
  lines.push(['C++ core, library and page', 'about 1 min', 'build, dist']);
  const wide = Math.max(...lines.map(([what]) => what.length));
  console.log(
    'First time here: this will be set up, all of it inside this folder. 首次运行，只在本目录中安装：',
  );
  for (const [what, long, where] of lines)
    console.log(`  ${what.padEnd(wide)}  ${long.padEnd(18)}  → ${where}`);
  console.log('');
}

const takes = (port, host) =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', (error) =>
      done(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'),
    ); // no IPv6 here: not taken
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(true)));
  });

async function freePort(first, host) {
  const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  for (let port = first; port < Math.min(first + PORTS_TRIED, 65_536); port++) {
    let free = true;
    for (const h of hosts) free &&= await takes(port, h);
    if (free) return port;
  }
  throw new Trouble(
    `Ports ${first} to ${first + PORTS_TRIED - 1} are all taken. Choose another: npm start -- --port 9000`,
  );
}

async function serve(port, host) {
  const args = [
    at('node_modules/vite/bin/vite.js'),
    'preview',
    '-c',
    'web/page/vite.config.ts',
    '--port',
    String(port),
    '--host',
    host,
    '--strictPort',
  ];
  const child = start(execPath, args);
  let said = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
  child.on('close', () => (ended = true));
  const everywhere = host === '0.0.0.0' || host === '::' || host === 'true';
  const local = `http://${everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}/`;
  const deadline = performance.now() + READY_WITHIN;
  for (;;) {
    if (ended)
      throw new Trouble(
        `${said.trim()}\nThe server stopped before it was ready: read its words above.`,
      );
    if (performance.now() > deadline)
      throw new Trouble(
        `${said.trim()}\nThe server did not answer within ${seconds(READY_WITHIN)}. Try another port: npm start -- --port 9000`,
      );
    const ok = await fetch(local).then(
      (r) => r.ok,
      () => false,
    );
    if (ok) break;
    await new Promise((next) => setTimeout(next, 50));
  }
  const addresses = [local];
  if (everywhere) {
    for (const entry of Object.values(networkInterfaces()).flat()) {
      if (entry && entry.family === 'IPv4' && !entry.internal)
        addresses.push(`http://${entry.address}:${port}/`);
    }
  }
  return { child, addresses };
}

await main(async () => {
  const { port, host, help, asked } = options();
  if (help) {
    console.log(
      'npm start -- [--port 4173] [--host localhost]\nBuilds what changed and serves the page. 构建并打开网页服务。',
    );
    return 0;
  }
  const began = performance.now();
  console.log(`${bold('shiwu 识物')}\n`);
  announceFirstTime();
  const work = buildSteps(PARTS);
  const steps = new Steps(work.count);
  await work.run(steps);

  const chosen = await freePort(port, host);
  if (asked && chosen !== port)
    console.log(`Port ${port} is taken: using ${chosen}. 端口 ${port} 已被占用，改用 ${chosen}。`);
  const { child, addresses } = await serve(chosen, host);
  console.log(`\nReady in ${seconds(performance.now() - began)}. ${dim('Ctrl-C stops it.')}`);
  for (const address of addresses) {
    console.log(`打开网页  ${bold(address)}`);
    console.log(`Open      ${bold(address)}`);
  }
  whenInterrupted(() => stdout.write('\nStopped. 已停止。\n'));
  await new Promise((done) => child.once('close', done));
  throw new Trouble('The server stopped by itself. Start it again: npm start');
});
