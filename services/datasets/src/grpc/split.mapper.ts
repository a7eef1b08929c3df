import type { MessageInitShape } from '@bufbuild/protobuf';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DataType, type TensorSpecSchema } from '@noema/contracts/noema/type/v1/tensor_spec';
import { DomainError } from '@noema/kernel';
import type { SplitName, TensorSpec } from '../domain/dataset-version.js';

const SPLITS: Readonly<Record<SplitName, Split>> = { training: Split.TRAINING, validation: Split.VALIDATION, test: Split.TEST, unlabeled: Split.UNLABELED };
const TYPES: Readonly<Record<TensorSpec['type'], DataType>> = { float32: DataType.FLOAT32, uint8: DataType.UINT8, int32: DataType.INT32, bool: DataType.BOOL };

export const toSplit = (split: SplitName): Split => SPLITS[split];

/** Throws `invalid` SPLIT_INVALID for an unspecified split. */
export function fromSplit(split: Split): SplitName {
  const name = (Object.keys(SPLITS) as SplitName[]).find((key) => SPLITS[key] === split);
  if (name === undefined) throw new DomainError('invalid', 'SPLIT_INVALID', `split ${Split[split] ?? split} names no split; use training, validation, test or unlabeled`, { violations: [{ field: 'split', description: 'is required' }] });
  return name;
}

export const toTensorSpec = ({ name, type, dims }: TensorSpec): MessageInitShape<typeof TensorSpecSchema> => ({ name, dataType: TYPES[type], dims: [...dims] });
