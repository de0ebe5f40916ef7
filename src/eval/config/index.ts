export { type ConfigName, loadConfigFile } from './load-file.js';
export { loadMachine, SHIPPED_MACHINES } from './machine.js';
export {
  calibratorOf,
  calibratorParameters,
  loadNetworkConfig,
  type NetworkConfig,
  type PreprocessConfig,
  preprocessOptions,
} from './network.js';
export {
  loadRecreationConfig,
  parseSetting,
  type RecreationConfig,
  type ResolvedEntry,
} from './recreation.js';
