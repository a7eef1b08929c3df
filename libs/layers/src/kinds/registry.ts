import { Registry } from '@noema/kernel';
import type { LayerKind } from '../layer.kind.js';
import { activation } from './activation.js';
import { batchNormalization } from './batch-normalization.js';
import { bidirectional } from './bidirectional.js';
import { categoryEncoding } from './category-encoding.js';
import { concatenate } from './concatenate.js';
import { conv1dTranspose, conv2dTranspose, conv3dTranspose } from './convolution-transpose.js';
import { conv1d, conv2d, conv3d } from './convolution.js';
import { cropping1d, cropping2d, cropping3d } from './cropping.js';
import { dense } from './dense.js';
import { depthwiseConv1d, depthwiseConv2d } from './depthwise-convolution.js';
import { dot } from './dot.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import {
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
} from './global-pooling.js';
import { layerNormalization } from './layer-normalization.js';
import { masking } from './masking.js';
import { add, average, maximum, minimum, multiply, subtract } from './merging.js';
import { multiHeadAttention } from './multi-head-attention.js';
import { alphaDropout, gaussianDropout, gaussianNoise } from './noise.js';
import { onnxLayer } from './onnx.js';
import { normalization } from './normalization.js';
import { permute } from './permute.js';
import {
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
} from './pooling.js';
import { prelu } from './prelu.js';
import { convLstm2d, gru, lstm, rnn, simpleRnn } from './recurrent.js';
import { elu, leakyRelu, relu, thresholdedRelu } from './relu.js';
import { repeatVector } from './repeat-vector.js';
import { rescaling } from './rescaling.js';
import { reshape } from './reshape.js';
import { separableConv1d, separableConv2d } from './separable-convolution.js';
import { softmax } from './softmax.js';
import { spatialDropout1d, spatialDropout2d, spatialDropout3d } from './spatial-dropout.js';
import { timeDistributed } from './time-distributed.js';
import { any, expandDims, logicalOr, notEqual, onesLike, zerosLike } from './truth.js';
import { upSampling1d, upSampling2d, upSampling3d } from './up-sampling.js';
import { zeroPadding1d, zeroPadding2d, zeroPadding3d } from './zero-padding.js';

/**
 * All layer kinds except InputLayer and models as layers. A new kind is one file in this folder and one line
 * here.
 */
export const layerKinds = new Registry<LayerKind>('layer kind', [
  conv1d,
  conv2d,
  conv3d,
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
  depthwiseConv1d,
  depthwiseConv2d,
  separableConv1d,
  separableConv2d,
  dense,
  embedding,
  multiHeadAttention,
  simpleRnn,
  gru,
  lstm,
  rnn,
  convLstm2d,
  bidirectional,
  timeDistributed,
  masking,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  flatten,
  reshape,
  permute,
  repeatVector,
  dropout,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  gaussianNoise,
  gaussianDropout,
  alphaDropout,
  rescaling,
  categoryEncoding,
  batchNormalization,
  normalization,
  layerNormalization,
  activation,
  relu,
  leakyRelu,
  prelu,
  elu,
  thresholdedRelu,
  softmax,
  add,
  subtract,
  multiply,
  average,
  maximum,
  minimum,
  dot,
  concatenate,
  onnxLayer,
  notEqual,
  any,
  logicalOr,
  expandDims,
  zerosLike,
  onesLike,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
  cropping1d,
  cropping2d,
  cropping3d,
  upSampling1d,
  upSampling2d,
  upSampling3d,
]);
