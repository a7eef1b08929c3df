import type { MessageInitShape } from '@bufbuild/protobuf';
import { DataType, type TensorSpecSchema } from '@noema/contracts/noema/type/v1/tensor_spec';
import type { TensorSpec } from './dataset-version.js';

const TYPES: Readonly<Record<TensorSpec['type'], DataType>> = {
  float32: DataType.FLOAT32,
  uint8: DataType.UINT8,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

export const tensorSpecMessage = ({
  name,
  type,
  dims,
  vocabulary,
}: TensorSpec): MessageInitShape<typeof TensorSpecSchema> => ({
  name,
  dataType: TYPES[type],
  dims: [...dims],
  ...(vocabulary && { vocabulary }),
});
