// Stands in for the storage stack until that synthesises: the key shapes of the tables.
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];
const strings = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
const keysOnly = { ProjectionType: 'KEYS_ONLY' };
const exchange = {
  KeySchema: key('PK', 'SK'),
  AttributeDefinitions: strings('PK', 'SK', 'workOffice', 'workDue', 'alertShard', 'nextAlert', 'pendingShard', 'nextAttempt'),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'workList',
      KeySchema: key('workOffice', 'workDue'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status', 'side', 'counterpart', 'procedure', 'version'] },
    },
    { IndexName: 'nextAlert', KeySchema: key('alertShard', 'nextAlert'), Projection: keysOnly },
    { IndexName: 'pending', KeySchema: key('pendingShard', 'nextAttempt'), Projection: keysOnly },
  ],
  StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
};
const directory = { KeySchema: key('PK', 'SK'), AttributeDefinitions: strings('PK', 'SK') };
const table = (Properties: unknown) => ({ Type: 'AWS::DynamoDB::GlobalTable', Properties });
process.stdout.write(JSON.stringify({ Resources: { Exchange: table(exchange), Directory: table(directory) } }));

export {};
