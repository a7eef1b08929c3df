// A buf plugin: writes the comments of our protos, by full name, as one TypeScript module, because generated
// descriptors carry none.
import { fromBinary, toBinary, create } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  CodeGeneratorResponse_Feature,
} from '@bufbuild/protobuf/wkt';
import { readFileSync, writeFileSync } from 'node:fs';

/** Children of a descriptor by the field number that source paths use: [children, how they are named]. */
const NESTED = {
  file: { 4: ['messageType', 'message'], 5: ['enumType', 'enum'], 6: ['service', 'service'] },
  message: {
    2: ['field', 'field'],
    3: ['nestedType', 'message'],
    4: ['enumType', 'enum'],
    8: ['oneofDecl', 'field'],
  },
  enum: { 2: ['value', 'field'] },
  service: { 2: ['method', 'field'] },
  field: {},
};

function fullName(file, path) {
  let node = file;
  let kind = 'file';
  let name = file.package;
  for (let i = 0; i < path.length; i += 2) {
    const step = NESTED[kind][path[i]];
    if (step === undefined || path[i + 1] === undefined) return undefined;
    node = node[step[0]][path[i + 1]];
    kind = step[1];
    name += `.${node.name}`;
  }
  return path.length === 0 ? undefined : name;
}

const request = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
const comments = request.protoFile
  .filter((file) => file.package.startsWith('noema.'))
  .flatMap((file) =>
    (file.sourceCodeInfo?.location ?? []).flatMap(({ path, leadingComments }) => {
      const name = leadingComments === '' ? undefined : fullName(file, path);
      return name === undefined ? [] : [[name, leadingComments.trim().replace(/\s*\n\s*/g, ' ')]];
    }),
  )
  .sort(([a], [b]) => (a < b ? -1 : 1));

const content = [
  '/** Comments of the protos by full name of message, field, enum, value, service or RPC. */',
  'export const comments: Readonly<Record<string, string>> = {',
  ...comments.map(([name, text]) => `  ${JSON.stringify(name)}: ${JSON.stringify(text)},`),
  '};',
  '',
].join('\n');
const response = create(CodeGeneratorResponseSchema, {
  supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
  file: comments.length === 0 ? [] : [{ name: 'noema/comments_pb.ts', content }],
});
writeFileSync(1, toBinary(CodeGeneratorResponseSchema, response));
