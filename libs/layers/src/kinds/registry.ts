import { Registry } from '@noema/kernel';
import type { LayerKind } from '../layer.kind.js';
import { activation } from './activation.js';
import { batchNormalization } from './batch-normalization.js';
import { bidirectional } from './bidirectional.js';
import { concatenate } from './concatenate.js';
import { conv1d, conv2d } from './convolution.js';
import { cropping1d, cropping2d } from './cropping.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { dropout } from './dropout.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import { globalAveragePooling1d, globalAveragePooling2d, globalMaxPooling1d, globalMaxPooling2d } from './global-pooling.js';
import { layerNormalization } from './layer-normalization.js';
import { masking } from './masking.js';
import { add, average, maximum, minimum, multiply, subtract } from './merging.js';
import { permute } from './permute.js';
import { averagePooling1d, averagePooling2d, maxPooling1d, maxPooling2d } from './pooling.js';
import { prelu } from './prelu.js';
import { gru, lstm, simpleRnn } from './recurrent.js';
import { elu, leakyRelu, relu, thresholdedRelu } from './relu.js';
import { repeatVector } from './repeat-vector.js';
import { reshape } from './reshape.js';
import { separableConv2d } from './separable-conv2d.js';
import { softmax } from './softmax.js';
import { spatialDropout1d, spatialDropout2d } from './spatial-dropout.js';
import { timeDistributed } from './time-distributed.js';
import { upSampling1d, upSampling2d } from './up-sampling.js';
import { zeroPadding1d, zeroPadding2d } from './zero-padding.js';

/** Every layer kind besides InputLayer and models as layers; a new one is a file beside this and a line here. */
export const layerKinds = new Registry<LayerKind>('layer kind', [
  conv1d, conv2d, depthwiseConv2d, separableConv2d, dense,
  embedding, simpleRnn, gru, lstm, bidirectional, timeDistributed, masking,
  maxPooling1d, maxPooling2d, averagePooling1d, averagePooling2d,
  globalMaxPooling1d, globalMaxPooling2d, globalAveragePooling1d, globalAveragePooling2d,
  flatten, reshape, permute, repeatVector,
  dropout, spatialDropout1d, spatialDropout2d, batchNormalization, layerNormalization,
  activation, relu, leakyRelu, prelu, elu, thresholdedRelu, softmax,
  add, subtract, multiply, average, maximum, minimum, concatenate,
  zeroPadding1d, zeroPadding2d, cropping1d, cropping2d, upSampling1d, upSampling2d,
]);
