import * as z from 'zod';
import { ROUTES, type Route } from '../api.ts';
import { PROBLEMS, ProblemDetail, RETRY_AFTER } from '../problems.ts';
import { isParameterName, PARAMETERS, type ParameterName, type RouteShape, shapeOf } from '../route-shapes.ts';
import { names } from './names.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const JSON_TYPE = 'application/json';
const TOKEN = 'token';
/** The HTTP API checks the token before any function of ours runs, and refuses in its own words. */
const GATEWAY_REFUSAL = z.object({ message: z.string() });

/** The OpenAPI 3.1 document of `routes`. */
export function openApi(routes: readonly Route[] = ROUTES): JsonObject {
  const described = routes.map((route) => ({ route, shape: shapeOf(route) }));
  const { schemaOf, components } = convert([
    ...described.flatMap(({ shape }) => (shape.body ? [shape.body, shape.answer] : [shape.answer])),
    ...Object.values(PARAMETERS).map(({ schema }) => schema),
    ProblemDetail,
    GATEWAY_REFUSAL,
  ]);
  const paths: Record<string, JsonObject> = {};
  for (const { route, shape } of described) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, shape, schemaOf) };
  }
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: '接续：医疗保险关系转移接续 (Jiexu)',
      version: '1',
      description:
        '校验位、合计等规则无法以 JSON Schema 表达，符合本文档的请求仍可能被拒绝 (check digits and sums cannot be said in JSON Schema: a request that fits may still be refused)',
    },
    paths,
    components: {
      schemas: components,
      parameters: Object.fromEntries(
        Object.keys(PARAMETERS)
          .filter(isParameterName)
          .map((name) => [name, parameter(name, schemaOf)]),
      ),
      responses: Object.fromEntries(PROBLEM_STATUSES.map((status) => [problemName(status), problemAnswer(status, schemaOf)])),
      securitySchemes: {
        [TOKEN]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'OIDC 访问令牌，含 sub、office、role (OIDC access token with the claims sub, office and role)',
        },
      },
    },
  };
}

type SchemaOf = (schema: z.ZodType) => JsonObject;

/** All schemas at once, as parts of one: what they share is then written once, as a component. */
function convert(schemas: readonly z.ZodType[]): { schemaOf: SchemaOf; components: JsonObject } {
  const list = [...new Set(schemas)];
  const whole = z.toJSONSchema(z.object(Object.fromEntries(list.map((schema, n) => [n, schema]))), { io: 'input', metadata: names });
  const { $defs = {}, properties = {} }: { $defs?: JsonObject; properties?: Record<string, JsonObject> } = JSON.parse(
    JSON.stringify(whole, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
    ),
  );
  const schemaOf: SchemaOf = (schema) => {
    const found = properties[list.indexOf(schema)];
    if (!found) throw new Error('a schema was not converted');
    return found;
  };
  return { schemaOf, components: Object.fromEntries(Object.entries($defs).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function operation(route: Route, shape: RouteShape, schemaOf: SchemaOf): JsonObject {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    if (!isParameterName(name)) throw new Error(`no parameter in schemas/route-shapes.ts for {${name}}`);
    return name;
  });
  const parameters = [...inPath, ...shape.parameters];
  return {
    operationId: shape.id,
    summary: shape.summary,
    tags: [route.group],
    // Any one of the roles is enough, so each makes an alternative.
    security: route.public ? [] : route.roles.map((role) => ({ [TOKEN]: [role] })),
    ...(parameters.length > 0 && { parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })) }),
    ...(shape.body && {
      requestBody: { required: !shape.body.safeParse({}).success, content: { [JSON_TYPE]: { schema: schemaOf(shape.body) } } },
    }),
    responses: {
      ...Object.fromEntries(shape.statuses.map((status) => [String(status), goodAnswer(status, schemaOf(shape.answer))])),
      ...Object.fromEntries(
        problemsOf(route, shape).map((status) => [String(status), { $ref: `#/components/responses/${problemName(status)}` }]),
      ),
    },
  };
}

const goodAnswer = (status: 200 | 201, schema: JsonObject): JsonObject => ({
  description: status === 201 ? '已新建 (made)' : '成功 (done)',
  content: { [JSON_TYPE]: { schema } },
});

function parameter(name: ParameterName, schemaOf: SchemaOf): JsonObject {
  const { schema, ...said } = PARAMETERS[name];
  return { name, required: said.in === 'path', ...said, schema: schemaOf(schema) };
}

const PROBLEM_STATUSES = [...new Set(Object.values(PROBLEMS).map(([status]) => status))].sort((a, b) => a - b);
type ProblemStatus = (typeof PROBLEM_STATUSES)[number];
const problemName = (status: ProblemStatus) => `Problem${status}`;

/** Which refusals a route can give. */
function problemsOf(route: Route, { body, parameters }: RouteShape): ProblemStatus[] {
  const isPublic = route.public === true;
  const changes = route.method !== 'GET' && !isPublic;
  const possible: Record<ProblemStatus, boolean> = {
    400: true,
    401: !isPublic,
    403: !isPublic,
    404: route.path.includes('{') || isPublic,
    // A past state cannot be told from a damaged timeline.
    409: changes || parameters.includes('at'),
    412: parameters.includes('If-Match'),
    422: changes && body !== undefined,
    429: isPublic,
    500: true,
    503: changes && route.group !== 'directory',
  };
  return PROBLEM_STATUSES.filter((status) => possible[status]);
}

/** Every problem of a status: codes are what callers can rely on. */
function problemAnswer(status: ProblemStatus, schemaOf: SchemaOf): JsonObject {
  const those = Object.entries(PROBLEMS).filter(([, [its]]) => its === status);
  const mayRetry = [...RETRY_AFTER.keys()].some((code) => PROBLEMS[code][0] === status);
  return {
    description: those.map(([code, [, title, titleEn]]) => `- \`${code}\` ${title} (${titleEn})`).join('\n'),
    ...(mayRetry && { headers: { 'Retry-After': { description: '秒 (seconds)', schema: { type: 'integer' } } } }),
    content: {
      'application/problem+json': { schema: schemaOf(ProblemDetail) },
      ...(status === 401 && { [JSON_TYPE]: { schema: schemaOf(GATEWAY_REFUSAL) } }),
    },
  };
}
