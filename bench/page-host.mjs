// Engines in a page: what process-host.mjs is in a process. Bundled; `open` and `turn` are called from outside.
import * as litert from './engines/litert.mjs';
import * as qpann from './engines/qpann.mjs';
import { modelOf, turn } from './turn.mjs';

const ENGINES = { litert, qpann };
const fetchBytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
let session;

globalThis.benchmark = {
  async open(engine, network, precision) {
    const model = await modelOf(
      precision,
      (file) => fetchBytes(`/models/${network}/${file}`),
      () => fetchBytes('/kernels.wasm'),
    );
    session = await ENGINES[engine].load(model);
    return Array.from(await session.run());
  },
  turn: (runs) => turn(session, runs),
};
