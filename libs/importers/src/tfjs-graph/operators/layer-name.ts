import type { GraphNode } from '../graph-def.js';
import type { Value } from '../value.js';

/** Parts of a path that say what a node computes or which weight it is, and not which layer it is of. */
const KINDS = [
  String.raw`Conv2D\d*|Conv2DBackpropInput|_?Fused\w+|depthwise|convolution|conv2d_transpose|MatMul|BiasAdd`,
  String.raw`Relu6?|Elu|Selu|Sigmoid|Tanh|LeakyRelu|Prelu|Neg|add|Add(V2)?|FusedBatchNorm\w*|BatchNorm|batchnorm`,
  String.raw`ReadVariableOp|read|kernel|weights|depthwise_(weights|kernel)|filter(_in)?|merged_input|resource|x|y`,
  String.raw`Conv2D_(weights|bn_offset)|MatMul_(weights|bn_offset)|depthwise_bn_offset`,
];
const KIND = new RegExp(String.raw`^(${KINDS.join('|')})(_\d+)?$|^separable_conv2d$`);
const MODEL = /^StatefulPartitionedCall(_\d+)?$/;
/** Names that converters make up. */
const MADE_UP = /^(unknown|const)(_\d+)?$/i;

/** The layer of a node: the path of its weight, or where that is made up of itself, without the kinds at its end. */
export function layerName({ name }: GraphNode, weight?: Value): string {
  const path = weight?.name === undefined || MADE_UP.test(weight.name) ? name : weight.name;
  const parts = path.split('/').filter((part) => !MODEL.test(part));
  while (parts.length > 1 && KIND.test(parts.at(-1)!)) parts.pop();
  return parts.join('/') || name;
}
