import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INBOX_STACKS, inboxStackOf, MAX_REGIONS_PER_STACK, spreadOverStacks } from '../../infra/names.ts';
import { RegionCode } from '../../schemas/primitives.ts';
import { demoRegions, demoSystem, type Loose, nationalCodes, synthesise } from './tools/system.ts';

const national = nationalCodes.map((code) => ({ code, name: `地区${code}` }));
const { templates, resources, ofType, target } = synthesise(national);
const aliasesOf = (code: string) =>
  ofType('AWS::KMS::Alias').filter(({ properties }) => properties.AliasName === `alias/jiexu-region-${code}`);
const inboxes = ofType('AWS::SQS::Queue').filter(({ properties }) => /^jiexu-inbox-\d{6}\.fifo$/.test(properties.QueueName));

describe('353 regions', () => {
  test('each has one inbox, one mapping to the one receive function, one signing key under its alias and one alarm on age', () => {
    expect(inboxes.map(({ properties }) => properties.QueueName).toSorted()).toEqual(
      nationalCodes.map((code) => `jiexu-inbox-${code}.fifo`).toSorted(),
    );
    const mapped = ofType('AWS::Lambda::EventSourceMapping').map((mapping) => ({
      queue: target(mapping, mapping.properties.EventSourceArn),
      reader: target(mapping, mapping.properties.FunctionName)?.properties.FunctionName,
    }));
    const aliases = ofType('AWS::KMS::Alias').map(({ properties }) => properties.AliasName);
    const ages = ofType('AWS::CloudWatch::Alarm').filter(({ properties }) => properties.MetricName === 'ApproximateAgeOfOldestMessage');
    const watched = ages.map((alarm) =>
      target(
        alarm,
        alarm.properties.Dimensions[0].Value.Ref
          ? alarm.properties.Dimensions[0].Value
          : { Ref: alarm.properties.Dimensions[0].Value['Fn::GetAtt'][0] },
      ),
    );
    for (const inbox of inboxes) {
      expect(mapped.filter(({ queue }) => queue === inbox).map(({ reader }) => reader)).toEqual(['jiexu-exchange-receive']);
      expect(aliases).toContain(`alias/jiexu-region-${inbox.properties.QueueName.slice(12, 18)}`);
      expect(watched.filter((queue) => queue === inbox)).toHaveLength(1);
    }
    for (const { properties } of ages) expect(properties.Threshold).toBe(1800);
  });

  test('E4: every inbox keeps order per case, 14 days, and outlasts five days of hourly tries', () => {
    for (const { properties } of inboxes) {
      expect(properties).toMatchObject({
        FifoQueue: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        MaximumMessageSize: 262_144,
        MessageRetentionPeriod: 14 * 24 * 3600,
        RedrivePolicy: { maxReceiveCount: 150 },
      });
      expect(properties.ContentBasedDeduplication).toBeUndefined();
      expect(properties.RedrivePolicy.maxReceiveCount).toBeGreaterThan(5 * 24 + 20);
    }
  });

  test('no inbox stack holds more than forty regions or comes near 500 resources', () => {
    const stacks = Map.groupBy(resources, ({ stack }) => stack);
    expect(templates.size).toBeLessThanOrEqual(INBOX_STACKS + 3);
    for (const [stack, held] of stacks) {
      expect(held.length, stack).toBeLessThan(500);
      expect(held.filter(({ type }) => type === 'AWS::SQS::Queue').length, stack).toBeLessThanOrEqual(MAX_REGIONS_PER_STACK + 1);
    }
  });

  test('the stacks that all share do not grow', () => {
    const small = demoSystem();
    for (const stack of ['JiexuStorage', 'JiexuExchange', 'JiexuApi']) {
      expect(templates.get(stack).Resources, stack).toEqual(small.templates.get(stack).Resources);
    }
  });

  test('every region is entered in the directory once, after its inbox is read and before its key is used (E6)', () => {
    const entries = ofType('Custom::JiexuRegions');
    const regions = entries.flatMap((entry) => entry.properties.Regions.map((region: Loose) => ({ entry, ...region })));
    expect(regions.map(({ code }) => code).toSorted()).toEqual(nationalCodes.toSorted());
    for (const { entry, code, inboxUrl, signingKeyId } of regions) {
      expect(target(entry, inboxUrl)?.properties.QueueName).toBe(`jiexu-inbox-${code}.fifo`);
      expect(target(entry, signingKeyId)?.properties.KeyUsage).toBe('SIGN_VERIFY');
      const awaited = entry.dependsOn
        .filter((id: string) => id.startsWith(`R${code}`))
        .map((id: string) => target(entry, { Ref: id })?.type);
      expect(awaited).toEqual(expect.arrayContaining(['AWS::KMS::Key', 'AWS::Lambda::EventSourceMapping', 'AWS::SQS::Queue']));
      expect(awaited).not.toContain('AWS::KMS::Alias');
      const [alias] = aliasesOf(code);
      expect(alias?.dependsOn).toContain(entry.id);
      expect(target(alias!, alias?.properties.TargetKeyId)).toBe(target(entry, signingKeyId));
    }
    for (const entry of entries)
      expect(target(entry, entry.properties.ServiceToken)?.properties.FunctionName).toBe('jiexu-directory-register');
  });
});

describe('a new signing key (E6)', () => {
  const stack = `JiexuInboxes${inboxStackOf('330100')}`;
  const withGeneration = (keyGeneration?: number) =>
    synthesise(demoRegions.map((region) => (region.code === '330100' ? { ...region, keyGeneration } : region)));
  const generations = [undefined, 2, 3].map(withGeneration);
  const resourcesOf = (n: number): Record<string, Loose> => generations[n]!.templates.get(stack).Resources;
  const keysOf = (n: number) =>
    Object.entries(resourcesOf(n)).flatMap(([id, { Type }]) => (Type === 'AWS::KMS::Key' && id.startsWith('R330100') ? [id] : []));
  const entryOf = (n: number) => Object.values(resourcesOf(n)).find(({ Type }) => Type === 'Custom::JiexuRegions');
  const aliasOf = (n: number) =>
    Object.entries(resourcesOf(n)).find(([, { Properties }]) => Properties.AliasName === 'alias/jiexu-region-330100')!;

  test('the first generation is what a region has that names none', () => {
    expect(withGeneration(1).templates).toEqual(generations[0]!.templates);
  });

  test.each([
    [1, 2],
    [2, 3],
  ])('from generation %d to %d changes keys, alias and the directory’s entry, and nothing else', (before, after) => {
    for (const [name, template] of generations[before - 1]!.templates) {
      if (name !== stack) expect(generations[after - 1]!.templates.get(name), name).toEqual(template);
    }
    const [old, now] = [resourcesOf(before - 1), resourcesOf(after - 1)];
    const changed = Object.keys(now).filter((id) => JSON.stringify(now[id]) !== JSON.stringify(old[id]));
    expect(changed.map((id) => now[id].Type).toSorted()).toEqual(['AWS::KMS::Alias', 'AWS::KMS::Key', 'Custom::JiexuRegions']);
    expect(Object.keys(old).filter((id) => now[id] === undefined)).toEqual(after === 3 ? [keysOf(0)[0]] : []);
    expect(aliasOf(after - 1)[0], 'the alias moves; another one could not take its name').toBe(aliasOf(before - 1)[0]);
  });

  test('the key before stays, so that going back takes it up again; an older one is left to itself, not deleted', () => {
    expect([0, 1, 2].map((n) => keysOf(n).length)).toEqual([1, 2, 2]);
    expect(keysOf(1)).toEqual(expect.arrayContaining(keysOf(0)));
    expect(keysOf(2)).toEqual(expect.arrayContaining(keysOf(1).filter((id) => !keysOf(0).includes(id))));
    for (const n of [0, 1, 2]) for (const id of keysOf(n)) expect(resourcesOf(n)[id].DeletionPolicy).toBe('Retain');
  });

  test.each([1, 2])('is registered before the alias moves to it (%d)', (n) => {
    const [fresh] = keysOf(n).filter((id) => !keysOf(n - 1).includes(id));
    const [, alias] = aliasOf(n);
    const entered = entryOf(n).Properties.Regions.find(({ code }: Loose) => code === '330100');
    expect([entered.signingKeyId, alias.Properties.TargetKeyId]).toEqual([{ Ref: fresh }, { 'Fn::GetAtt': [fresh, 'Arn'] }]);
    expect(entryOf(n).DependsOn).toContain(fresh);
    expect([alias.DependsOn].flat().map((id: string) => resourcesOf(n)[id].Type)).toEqual(['Custom::JiexuRegions']);
  });
});

describe('adding a region', () => {
  const region = fc.constantFrom(...nationalCodes);

  test('moves no other', () => {
    fc.assert(
      fc.property(fc.uniqueArray(region, { minLength: 1 }), region, (hosted, added) => {
        const before = spreadOverStacks(hosted.map((code) => ({ code, name: code })));
        const after = spreadOverStacks([...new Set([...hosted, added])].map((code) => ({ code, name: code })));
        for (const [stack, held] of before) {
          const codes = after.get(stack)?.map(({ code }) => code);
          expect(codes).toEqual(expect.arrayContaining(held.map(({ code }) => code)));
        }
      }),
    );
  });

  test('changes no resource of another region', () => {
    const neighbour = nationalCodes.find((code) => code !== '330100' && inboxStackOf(code) === inboxStackOf('330100'))!;
    const stack = `JiexuInboxes${inboxStackOf('330100')}`;
    const resourcesOf = (regions: typeof demoRegions) => Object.entries<Loose>(synthesise(regions).templates.get(stack).Resources);
    const mine = resourcesOf(demoRegions).filter(([id]) => id.startsWith('R330100'));
    const afterwards = new Map(resourcesOf([...demoRegions, { code: neighbour, name: '邻' }]));
    expect(mine).not.toHaveLength(0);
    for (const [id, resource] of mine) expect(afterwards.get(id)).toEqual(resource);
  });

  test('a region may be listed in any order, and a stack over its limit is refused', () => {
    const shuffled = spreadOverStacks(demoRegions.toReversed());
    expect(new Map(shuffled)).toEqual(spreadOverStacks(demoRegions));
    const crowd = Array.from({ length: 9000 }, (_, n) => `33${String(n + 1000)}`)
      .filter((code) => inboxStackOf(code) === '000')
      .slice(0, MAX_REGIONS_PER_STACK + 1);
    expect(() => spreadOverStacks(crowd.map((code) => ({ code: RegionCode.parse(code), name: code })))).toThrow('would hold 41 regions');
  });
});
