import { type App, Stack } from 'aws-cdk-lib';
import { Deadlines } from '../capabilities/deadlines.ts';
import { ImportsWorker } from '../capabilities/imports.ts';
import { Receiving } from '../capabilities/receiving.ts';
import { Sending } from '../capabilities/sending.ts';
import type { HouseTopic } from '../constructs/house-topic.ts';
import { type House, ServiceFunction } from '../constructs/service-function.ts';
import type { StorageStack } from './storage.ts';

/** What runs without a caller: sending, receiving, deadlines, files, and the entry of hosted regions into the directory. */
export class ExchangeStack extends Stack {
  readonly receive: ServiceFunction;
  readonly register: ServiceFunction;
  readonly imports: ImportsWorker;
  readonly notices: HouseTopic;

  constructor(app: App, id: string, storage: StorageStack, house: House) {
    super(app, id, { description: 'Jiexu: messages between regions, deadlines, files' });
    new Sending(this, 'Sending', storage, house);
    this.receive = new Receiving(this, 'Receiving', storage, house).receive;
    this.notices = new Deadlines(this, 'Deadlines', storage, house).notices;
    this.imports = new ImportsWorker(this, 'Imports', storage, house);

    this.register = new ServiceFunction(this, 'Register', {
      house,
      name: 'directory-register',
      timeout: 120,
      environment: { DIRECTORY_TABLE: storage.directory.table.tableName },
      impact: 'clerks of the regions being deployed: other regions cannot reach them or check their signatures.',
      remedy: 'read the log of jiexu-directory-register and deploy again; registering is idempotent.',
    });
    storage.directory.allowReadWrite(this.register, 'GetItem', 'PutItem', 'Query');
  }
}
