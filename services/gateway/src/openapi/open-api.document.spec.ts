import { type DescMessage, toJson } from '@bufbuild/protobuf';
import { services } from '@noema/contracts';
import { comments } from '@noema/contracts/noema/comments';
import { sampleMessage } from '@noema/rest/sample-message';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from './open-api.document.js';

const document = openApiDocument({ services, comments, version: '0' });
const operations = Object.entries(document.paths).flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation: operation as { operationId: string; parameters: { name: string; in: string; schema: object; description: string }[] } })));

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('has every RPC once, with all variables of its path', () => {
    expect(operations).toHaveLength(services.flatMap(({ methods }) => methods).length);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const variables = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.filter((p) => p.in === 'path').map((p) => p.name)).toEqual(variables);
      for (const name of variables) expect(name, path).toMatch(/^[a-z_]+$/);
    }
  });

  it('describes everything', () => {
    const bare = operations.flatMap(({ operation }) => operation.parameters.filter(({ description }) => !description).map(({ name }) => `${operation.operationId} ${name}`));
    expect(bare).toEqual([]);
    for (const [name, schema] of Object.entries(document.components['schemas'] ?? {})) expect((schema as { description?: string }).description, name).toBeTruthy();
  });

  it('has schemas that real answers fit', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addSchema({ $id: 'http://noema/', components: document.components });
    const outputs = new Map<string, DescMessage>(services.flatMap(({ methods }) => methods.map(({ output }) => [output.typeName, output] as const)));
    for (const [typeName, output] of outputs) {
      const name = typeName.replace(/^noema\./, '');
      if (document.components['schemas']?.[name] === undefined) continue; // answered as bytes
      const validate = ajv.compile({ $ref: `http://noema/#/components/schemas/${name}` });
      expect([typeName, validate(toJson(output, sampleMessage(output), { alwaysEmitImplicit: true })), validate.errors]).toEqual([typeName, true, null]);
      expect(validate({ [output.fields[0]?.jsonName ?? 'x']: 7.5 }) && output.fields.length > 0, typeName).toBe(false);
    }
  });
});
