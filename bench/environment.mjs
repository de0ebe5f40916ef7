import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url));
export const QPANN = join(HERE, '../dist/cli/main.js');
/** Real networks and photos. */
export const DATA = process.env.QPANN_DATA ?? join(HERE, '../../shared/data');
/** Python with requirements.txt. */
export const PYTHON = process.env.BENCH_PYTHON ?? join(HERE, 'venv/bin/python');

export const modelFolder = (network) => join(HERE, 'models', network);

/** Node 24 of this package, where goals count, and the installed Node. npm puts the first before the second. */
export function nodeRuntimes() {
  const paths = [
    join(HERE, `node_modules/node-${platform()}-${arch()}/bin/node`),
    process.env.npm_node_execpath ?? process.execPath,
  ];
  const runtimes = paths.filter(existsSync).map((path) => {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1);
    return { path, version, name: `Node ${version.split('.')[0]}` };
  });
  return runtimes.filter(({ name }, i) => runtimes.findIndex((other) => other.name === name) === i);
}

export function versionOf(folder) {
  const path =
    folder === '..' ? join(HERE, '../package.json') : join(HERE, 'node_modules', folder, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

/** What the numbers depend on: no names of hosts, no paths. */
export function machine() {
  const { flags, ...info } = Object.fromEntries(
    readCpuInfo().map((line) => line.split(':').map((part) => part.trim())),
  );
  const vector = (flags ?? '')
    .split(' ')
    .filter((flag) => /^(avx2|fma|avx512f|avx512_vnni|avx_vnni)$/.test(flag));
  return {
    processor: info['model name'] ?? cpus()[0].model,
    megahertz: Math.round(Number(info['cpu MHz'] ?? cpus()[0].speed)),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    vector,
  };
}

function readCpuInfo() {
  if (!existsSync('/proc/cpuinfo')) return [];
  return readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')[0].split('\n');
}
