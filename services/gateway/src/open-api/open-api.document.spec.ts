import { type DescMessage, getOption, toJson } from '@bufbuild/protobuf';
import { services } from '@noema/contracts';
import { field_behavior, FieldBehavior } from '@noema/contracts/google/api/field_behavior';
import { comments } from '@noema/contracts/noema/comments';
import { listRoutes } from '@noema/rest';
import { sampleMessage } from '@noema/rest/sample-message';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from './open-api.document.js';

const document = openApiDocument({ services, comments, version: '0' });
const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([verb, operation]) => ({
    path,
    verb,
    operation: operation as {
      operationId: string;
      parameters: { name: string; in: string; schema: object; description: string; required?: boolean }[];
      requestBody?: { content: { 'application/json': { schema: { required?: string[] } } } };
      responses: { 200: { content: Record<string, { schema: { format?: string } }> } };
    },
  })),
);

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

  it('names the media type of bytes, so that generators have a type for them', () => {
    const types = operations.flatMap(({ operation: { operationId, responses } }) => {
      const content = Object.entries(responses[200].content);
      const binary = content.filter(([, { schema }]) => schema.format === 'binary');
      return binary.map(([type]) => [operationId, type]);
    });
    const [png, arrow] = ['image/png', 'application/vnd.apache.arrow.file'];
    expect(Object.fromEntries(types)).toEqual({
      ArtifactService_ReadArtifact: 'application/octet-stream',
      ModelService_ExportModelVersion: 'application/octet-stream',
      SampleService_GetSampleVisual: 'application/octet-stream',
      SampleService_GetVisualSheet: 'image/webp',
      SampleService_GetMeanVisual: png,
      AnalysisService_GetHeatMap: png,
      AnalysisService_GetUnitFeatureMap: png,
      AnalysisService_GetHeatMapValues: arrow,
      SelectionAnalysisService_GetMeanHeatMap: png,
      SimilarityAnalysisService_GetSharedAreaHeatMap: png,
      SimilarityAnalysisService_GetSharedAreaValues: arrow,
      ExplorationService_StreamPointColumns: 'application/vnd.apache.arrow.stream',
      TestResultService_GetTestBadge: 'image/svg+xml',
    });
  });

  it('describes everything', () => {
    const bare = operations.flatMap(({ operation }) =>
      operation.parameters
        .filter(({ description }) => !description)
        .map(({ name }) => `${operation.operationId} ${name}`),
    );
    expect(bare).toEqual([]);
    for (const [name, schema] of Object.entries(document.components['schemas'] ?? {}))
      expect((schema as { description?: string }).description, name).toBeTruthy();
  });

  it('says of every field that a request must give that it is required', () => {
    const declared = services
      .flatMap(({ methods }) => methods)
      .flatMap((method) =>
        listRoutes(method).flatMap((route) => {
          const operation = operations.find(
            ({ operation: { operationId } }) => operationId === `${method.parent.name}_${method.name}`,
          )!.operation;
          const body = operation.requestBody?.content['application/json'].schema;
          const inDocument = new Set([
            ...operation.parameters.filter((p) => p.required).map((p) => p.name),
            ...(body?.required ?? []),
            ...(route.body === '*' ? [] : [route.body?.jsonName]),
          ]);
          const bound = new Set(route.template.variables.map(({ fieldPath }) => fieldPath.split('.')[0]));
          const wanted = method.input.fields.filter(
            (field) =>
              getOption(field, field_behavior).includes(FieldBehavior.REQUIRED) && !bound.has(field.name),
          );
          return wanted.map(({ name, jsonName }) => [
            `${method.name}.${name}`,
            inDocument.has(jsonName) || inDocument.has(name),
          ]);
        }),
      );
    expect(declared.filter(([, isThere]) => !isThere)).toEqual([]);
    expect(declared.map(([name]) => name)).toEqual(
      expect.arrayContaining(['CreateRun.dataset_version_id', 'ReadArtifact.uri', 'FindSimilar.queries']),
    );
  });

  it('says of what only the platform sets that it is read-only, and of what can be changed that it is not', () => {
    const readOnly = (name: string) =>
      Object.entries(
        (document.components['schemas']![name] as { properties: Record<string, { readOnly?: true }> })
          .properties,
      )
        .filter(([, schema]) => schema.readOnly)
        .map(([field]) => field);
    expect(readOnly('workspace.v1.Project')).toEqual(['createTime', 'updateTime']);
    expect(readOnly('training.v1.Run')).toEqual(expect.arrayContaining(['state', 'epochsDone']));
    for (const field of ['id', 'displayName', 'settings'])
      expect(readOnly('training.v1.Run'), field).not.toContain(field);
  });

  it('has schemas that real answers fit', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addSchema({ $id: 'http://noema/', components: document.components });
    const outputs = new Map<string, DescMessage>(
      services.flatMap(({ methods }) => methods.map(({ output }) => [output.typeName, output] as const)),
    );
    for (const [typeName, output] of outputs) {
      const name = typeName.replace(/^noema\./, '');
      if (document.components['schemas']?.[name] === undefined) continue; // answered as bytes
      const validate = ajv.compile({ $ref: `http://noema/#/components/schemas/${name}` });
      expect([
        typeName,
        validate(toJson(output, sampleMessage(output), { alwaysEmitImplicit: true })),
        validate.errors,
      ]).toEqual([typeName, true, null]);
      expect(
        validate({ [output.fields[0]?.jsonName ?? 'x']: 7.5 }) && output.fields.length > 0,
        typeName,
      ).toBe(false);
    }
  });
});
