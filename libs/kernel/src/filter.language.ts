export { bindFilter, type BoundFilter } from './filter.binding.js';
export { type FieldReader, rowTest } from './filter.evaluator.js';
export {
  type FieldType,
  type FilterFields,
  knownAliases,
  labelAlias,
  SPLIT_FIELD,
  toScalar,
} from './filter.fields.js';
export { formatField, formatText, unescapeText } from './filter.format.js';
export { parseFilter } from './filter.parser.js';
