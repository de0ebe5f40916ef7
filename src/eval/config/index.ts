export { type ConfigName, loadConfigFile } from './load-file.js';
export {
  loadNetworkConfig,
  type NetworkConfig,
  type PreprocessConfig,
  preprocessOptions,
} from './network.js';
export { loadRecreationConfig, type RecreationConfig, type ResolvedEntry } from './recreation.js';
