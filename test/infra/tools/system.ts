import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { composeJiexu } from '../../../infra/jiexu.ts';
import type { Settings } from '../../../infra/settings.ts';
import { RegionCode } from '../../../schemas/primitives.ts';

/** What the CLI would hand to the app. */
const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));

/** A piece of a template: CloudFormation's own shape, which only assertions look into. */
// biome-ignore lint/suspicious/noExplicitAny: typing every resource kind would test the types, not the templates
export type Loose = any;

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Loose;
  readonly deletionPolicy: string | undefined;
  readonly dependsOn: readonly string[];
}

export interface System {
  readonly app: App;
  readonly templates: ReadonlyMap<string, Loose>;
  readonly resources: readonly Resource[];
  ofType(type: string): Resource[];
  /** The resource that a `Ref`, a `Fn::GetAtt` or an import from another stack stands for. */
  target(from: Resource, value: unknown): Resource | undefined;
}

export const demoRegions = [
  ['330100', '杭州市'],
  ['510100', '成都市'],
  ['310000', '上海市'],
  ['440300', '深圳市'],
  ['420100', '武汉市'],
  ['610100', '西安市'],
].map(([code = '', name = '']) => ({ code: RegionCode.parse(code), name }));

/** Prefecture-level codes by province, as many as GB/T 2260 has at the end of 2024, Hainan and the municipalities as one region each. */
// biome-ignore format: a table
const PREFECTURES = {
  13: 11, 14: 11, 15: 12, 21: 14, 22: 9, 23: 13, 32: 13, 33: 11, 34: 16, 35: 9, 36: 11, 37: 16, 41: 17,
  42: 13, 43: 14, 44: 21, 45: 14, 51: 21, 52: 9, 53: 16, 54: 7, 61: 10, 62: 14, 63: 8, 64: 5, 65: 14,
};
const WHOLE = ['110000', '120000', '310000', '500000', '460000'];
const serials = (prefix: string, count: number, suffix: string): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n + 1).padStart(2, '0')}${suffix}`);

/** 353 pooling regions: 329 prefectures, 5 whole provinces, 5 directly governed counties, 14 divisions of the XPCC. */
export const nationalCodes: readonly RegionCode[] = [
  ...WHOLE,
  ...Object.entries(PREFECTURES).flatMap(([province, count]) => serials(province, count, '00')),
  ...serials('4290', 5, ''),
  ...serials('6590', 14, ''),
].map((code) => RegionCode.parse(code));

let demonstration: System | undefined;

/** The system that the demonstration deploys, synthesised once for all test files that share a process. */
export const demoSystem = (): System => (demonstration ??= synthesise(demoRegions));

/** Synthesises the whole system with empty functions: rules about resources need no bundles. */
export function synthesise(regions: Settings['hostedRegions']): System {
  const app = new App({ context });
  composeJiexu(app, { hostedRegions: regions, issuer: 'https://issuer.example', audience: 'jiexu' }, () => Code.fromInline('export {};'));
  const templates = new Map(app.synth().stacks.map(({ stackName, template }) => [stackName, template]));
  const resources = [...templates].flatMap(([stack, template]) =>
    Object.entries<Loose>(template.Resources).map(([id, resource]) => ({
      stack,
      id,
      type: resource.Type,
      properties: resource.Properties ?? {},
      deletionPolicy: resource.DeletionPolicy,
      dependsOn: [resource.DependsOn ?? []].flat(),
    })),
  );
  const byId = new Map(resources.map((resource) => [`${resource.stack}/${resource.id}`, resource]));
  const exported = new Map<string, Resource | undefined>();
  const target = (from: Pick<Resource, 'stack'>, value: Loose): Resource | undefined => {
    const id = value?.Ref ?? value?.['Fn::GetAtt']?.[0];
    return id === undefined ? exported.get(value?.['Fn::ImportValue']) : byId.get(`${from.stack}/${id}`);
  };
  for (const [stack, template] of templates) {
    for (const output of Object.values<Loose>(template.Outputs ?? {})) {
      if (output.Export) exported.set(output.Export.Name, target({ stack }, output.Value));
    }
  }
  return { app, templates, resources, target, ofType: (type) => resources.filter((resource) => resource.type === type) };
}
