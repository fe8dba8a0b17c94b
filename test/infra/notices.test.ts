import { describe, expect, test } from 'vitest';
import { demoRegions, demoSystem, synthesise } from './tools/system.ts';

const MAIL = 'notices@hangzhou.example';
const withMail = synthesise(demoRegions.map((region) => (region.code === '330100' ? { ...region, noticeEmail: MAIL } : region)));

describe('B15: notices by mail', () => {
  test('without a mailbox nothing is subscribed to anything', () => {
    expect(demoSystem().ofType('AWS::SNS::Subscription')).toEqual([]);
  });

  test('a region with a mailbox has its own notices sent there, and no other region’s', () => {
    const subscriptions = withMail.ofType('AWS::SNS::Subscription');
    expect(subscriptions.map(({ properties }) => properties)).toEqual([
      { Protocol: 'email', Endpoint: MAIL, TopicArn: expect.anything(), FilterPolicy: { region: ['330100'] } },
    ]);
  });

  test('the topic is the one that the sweep publishes notices to, not that of its alerts', () => {
    const [subscription] = withMail.ofType('AWS::SNS::Subscription');
    const [sweep] = withMail
      .ofType('AWS::Lambda::Function')
      .filter(({ properties }) => properties.FunctionName === 'jiexu-deadlines-sweep');
    const { NOTICE_TOPIC_ARN, ALERT_TOPIC_ARN } = sweep!.properties.Environment.Variables;
    const [notices, alerts] = [NOTICE_TOPIC_ARN, ALERT_TOPIC_ARN].map((arn) => withMail.target(sweep!, arn));
    expect(withMail.target(subscription!, subscription!.properties.TopicArn)).toBe(notices);
    expect(notices?.type).toBe('AWS::SNS::Topic');
    expect(alerts).not.toBe(notices);
  });

  test('a mailbox changes its region’s own stack only, beside the export of the topic', () => {
    for (const [name, template] of withMail.templates) {
      const before = demoSystem().templates.get(name);
      const added = Object.keys(template.Resources).filter((id) => before.Resources[id] === undefined);
      expect(added.length, name).toBe(name === withMail.ofType('AWS::SNS::Subscription')[0]?.stack ? 1 : 0);
    }
  });
});
