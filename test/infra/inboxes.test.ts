import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INBOX_STACKS, inboxStackOf, MAX_REGIONS_PER_STACK, spreadOverStacks } from '../../infra/names.ts';
import { RegionCode } from '../../schemas/primitives.ts';
import { demoRegions, demoSystem, type Loose, nationalCodes, synthesise } from './tools/system.ts';

const national = nationalCodes.map((code) => ({ code, name: `地区${code}` }));
const { templates, resources, ofType, target } = synthesise(national);
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

  test('every region is entered in the directory once, after its inbox is read and its key has its alias', () => {
    const entries = ofType('Custom::JiexuRegions');
    const regions = entries.flatMap((entry) => entry.properties.Regions.map((region: Loose) => ({ entry, ...region })));
    expect(regions.map(({ code }) => code).toSorted()).toEqual(nationalCodes.toSorted());
    for (const { entry, code, inboxUrl, signingKeyId } of regions) {
      expect(target(entry, inboxUrl)?.properties.QueueName).toBe(`jiexu-inbox-${code}.fifo`);
      expect(target(entry, signingKeyId)?.properties.KeyUsage).toBe('SIGN_VERIFY');
      const awaited = entry.dependsOn
        .filter((id: string) => id.startsWith(`R${code}`))
        .map((id: string) => target(entry, { Ref: id })?.type);
      expect(awaited).toEqual(expect.arrayContaining(['AWS::KMS::Alias', 'AWS::Lambda::EventSourceMapping', 'AWS::SQS::Queue']));
    }
    for (const entry of entries)
      expect(target(entry, entry.properties.ServiceToken)?.properties.FunctionName).toBe('jiexu-directory-register');
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
