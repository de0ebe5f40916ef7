/** The networks, how many runs make a turn, and what they are called. */
export const NETWORKS = {
  mobilenet_v2: { title: 'MobileNetV2-1.0, 224×224', runs: 3 },
  mobilenet_v1_025: { title: 'MobileNetV1-0.25, 224×224', runs: 10 },
  resnet8: { title: 'ResNet-8, 32×32', runs: 20 },
};

/** The engines, where each runs, and in which precisions. `package` is where its version stands. */
export const ENGINES = {
  qpann: { title: 'QPANN', host: 'node', package: '..', precisions: ['float32', 'int8'] },
  'tfjs-wasm': {
    title: 'tfjs-backend-wasm',
    host: 'node',
    package: '@tensorflow/tfjs-backend-wasm',
    precisions: ['float32'],
  },
  'onnxruntime-web': {
    title: 'onnxruntime-web',
    host: 'node',
    package: 'onnxruntime-web',
    precisions: ['float32', 'int8'],
  },
  'qpann-page': {
    title: 'QPANN',
    host: 'page',
    engine: 'qpann',
    package: '..',
    precisions: ['float32', 'int8'],
  },
  litert: { title: 'LiteRT.js', host: 'page', package: '@litertjs/core', precisions: ['float32', 'int8'] },
  'onnxruntime-node': {
    title: 'onnxruntime-node (native)',
    host: 'node',
    package: 'onnxruntime-node',
    precisions: ['float32', 'int8'],
  },
  tflite: { title: 'TensorFlow Lite (native)', host: 'python', precisions: ['float32', 'int8'] },
};

/** Goals: the most that QPANN may take, as a part of what a peer takes. `peerPrecision` where it is another. */
export const GOALS = [
  { network: 'mobilenet_v2', precision: 'int8', peer: 'litert', limit: 0.8 },
  { network: 'mobilenet_v2', precision: 'int8', peer: 'tfjs-wasm', peerPrecision: 'float32', limit: 0.45 },
  { network: 'mobilenet_v2', precision: 'int8', peer: 'onnxruntime-web', limit: 0.2 },
  { network: 'mobilenet_v2', precision: 'int8', peer: 'tflite', limit: 1.25 },
  { network: 'mobilenet_v2', precision: 'float32', peer: 'tfjs-wasm', limit: 0.8 },
  { network: 'mobilenet_v2', precision: 'float32', peer: 'litert', limit: 1.15 },
  { network: 'mobilenet_v1_025', precision: 'int8', peer: 'litert', limit: 0.8 },
  { network: 'mobilenet_v1_025', precision: 'float32', peer: 'tfjs-wasm', limit: 0.8 },
  { network: 'resnet8', precision: 'float32', peer: 'litert', limit: 1 },
  { network: 'resnet8', precision: 'float32', peer: 'tfjs-wasm', limit: 1 },
  { network: 'resnet8', precision: 'float32', peer: 'onnxruntime-web', limit: 1 },
  { network: 'resnet8', precision: 'int8', peer: 'litert', limit: 1 },
  { network: 'resnet8', precision: 'int8', peer: 'tfjs-wasm', peerPrecision: 'float32', limit: 1 },
  { network: 'resnet8', precision: 'int8', peer: 'onnxruntime-web', limit: 1 },
];
