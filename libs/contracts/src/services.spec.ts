import {
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
  getOption,
  hasOption,
} from '@bufbuild/protobuf';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { http } from './gen/google/api/annotations_pb.js';
import { field_behavior, FieldBehavior } from './gen/google/api/field_behavior_pb.js';
import { comments } from './gen/noema/comments_pb.js';
import { Access, access } from './gen/noema/type/v1/access_pb.js';
import { Resume, resume } from './gen/noema/type/v1/resume_pb.js';
import { JOB_STATE_FIELD, SPLIT_FIELD } from '@noema/kernel';
import { JobStateSchema } from './gen/noema/jobs/v1/job_pb.js';
import { SplitSchema } from './gen/noema/type/v1/sample_ref_pb.js';
import { enumField, services } from './index.js';

const readBehavior = (field: DescField): FieldBehavior[] => getOption(field, field_behavior);
const methods = services.flatMap((service: DescService) =>
  service.methods.map((method): [string, DescMethod] => [`${service.typeName}/${method.name}`, method]),
);

it('the kernel knows the values of the enums that domains filter by', () => {
  expect(enumField(JobStateSchema)).toEqual(JOB_STATE_FIELD);
  expect(enumField(SplitSchema)).toEqual(SPLIT_FIELD);
});

describe('services', () => {
  it('lists every service that was generated', () => {
    const files = readdirSync(new URL('./gen/noema', import.meta.url), { recursive: true, encoding: 'utf8' });
    expect(services).toHaveLength(files.filter((file) => file.endsWith('_service_pb.js')).length);
    expect(new Set(services.map(({ typeName }) => typeName)).size).toBe(services.length);
  });

  it('says of every field of a resource who sets it, but not of fields that an Update changes', () => {
    const listMessages = ({ fields }: DescMessage) =>
      fields.flatMap(({ message }) => (message === undefined ? [] : [message]));
    const updated = new Set(
      methods
        .filter(([, { name }]) => name.startsWith('Update'))
        .flatMap(([, { input }]) => listMessages(input)),
    );
    const resources = new Set(
      methods
        .flatMap(([, { output }]) => listMessages(output))
        .filter(({ fields }) => fields.some(({ name }) => name === 'id')),
    );
    expect(resources.size).toBeGreaterThan(15);
    const silent = [...resources]
      .filter((message) => !updated.has(message))
      .flatMap(({ fields, typeName }) =>
        fields.filter((field) => readBehavior(field).length === 0).map(({ name }) => `${typeName}.${name}`),
      );
    expect(silent).toEqual([]);
    for (const { fields } of updated)
      for (const field of fields.filter(({ name }) => name === 'create_time'))
        expect(readBehavior(field)).toEqual([FieldBehavior.OUTPUT_ONLY]);
  });

  it.each(methods)('%s says who may call it, has a route and a comment', (_, method) => {
    expect(getOption(method, access)).not.toBe(Access.UNSPECIFIED);
    expect(hasOption(method, http)).toBe(true);
    expect(getOption(method, resume) !== Resume.UNSPECIFIED).toBe(method.methodKind === 'server_streaming');
    expect(comments[`${method.parent.typeName}.${method.name}`]).toMatch(/\.$/);
    const inPath = [
      ...JSON.stringify(getOption(method, http)).matchAll(/\{([a-z_]+)(?:\.[a-z_.]+)?(?:=[^}]*)?\}/g),
    ].map(([, name]) => name);
    for (const name of inPath)
      expect(readBehavior(method.input.fields.find((field) => field.name === name)!), name).toContain(
        FieldBehavior.REQUIRED,
      );
    for (const { fields, typeName } of [method.input, method.output]) {
      for (const field of fields)
        expect(comments[`${typeName}.${field.name}`], `${typeName}.${field.name}`).toBeDefined();
    }
  });
});
