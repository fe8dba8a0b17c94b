import type { Construct } from 'constructs';
import type { HouseQueue } from '../constructs/house-queue.ts';
import { type House, ServiceFunction } from '../constructs/service-function.ts';
import type { StorageStack } from '../stacks/storage.ts';
import { allowCaseTables, allowCasework, caseEnvironment } from './casework.ts';

/** API Gateway gives up after 29 seconds; a clerk does sooner. */
const API_TIMEOUT = 15;

/** Clerks work on cases. */
export class CasesApi extends ServiceFunction {
  constructor(scope: Construct, id: string, storage: StorageStack, house: House) {
    super(scope, id, {
      house,
      name: 'cases-api',
      timeout: API_TIMEOUT,
      environment: caseEnvironment(storage),
      impact: 'clerks of every hosted region: they cannot work on cases.',
      remedy: 'read the log of jiexu-cases-api; a command sent again with the same key is answered once.',
    });
    storage.exchange.allowQuery(this, 'workList');
    allowCasework(this, storage);
  }
}

/** Vouchers are issued, and checked by anybody who holds one (A1, A3, A5). */
export class VouchersApi extends ServiceFunction {
  constructor(scope: Construct, id: string, { exchange, directory, personHashKey }: StorageStack, house: House) {
    super(scope, id, {
      house,
      name: 'vouchers-api',
      timeout: API_TIMEOUT,
      environment: {
        EXCHANGE_TABLE: exchange.table.tableName,
        DIRECTORY_TABLE: directory.table.tableName,
        PERSON_HASH_KEY_ID: personHashKey.keyId,
      },
      impact: 'persons who stop participation and get no voucher, and offices that cannot check one.',
      remedy: 'read the log of jiexu-vouchers-api; an issue sent again with the same key takes no second number.',
    });
    exchange.allowReadWrite(this, 'GetItem', 'PutItem', 'Query', 'UpdateItem');
    directory.allowRead(this, 'GetItem', 'Query');
    this.allow(['kms:GenerateMac'], personHashKey.keyArn);
  }
}

/** Clerks look at money that no reference could place, and give it to its case or back to its payer (B12, B13). */
export class MoneyApi extends ServiceFunction {
  constructor(scope: Construct, id: string, storage: StorageStack, house: House) {
    super(scope, id, {
      house,
      name: 'money-api',
      timeout: API_TIMEOUT,
      environment: caseEnvironment(storage),
      impact: 'clerks who look for the case of money that has come in; the persons wait for it on their accounts.',
      remedy: 'read the log of jiexu-money-api; lines stay in the queue of their region until somebody decides.',
    });
    storage.exchange.allowQuery(this, 'workList');
    // Confirming money begins no copy and sends nothing: no leave to hash a person or to sign.
    allowCaseTables(this, storage);
  }
}

/** Announces files, signs the links by which they are uploaded and their results fetched, and starts them. */
export class ImportsApi extends ServiceFunction {
  constructor(scope: Construct, id: string, storage: StorageStack, queue: HouseQueue, house: House) {
    const { exchange, directory, imports } = storage;
    super(scope, id, {
      house,
      name: 'imports-api',
      timeout: API_TIMEOUT,
      environment: {
        EXCHANGE_TABLE: exchange.table.tableName,
        DIRECTORY_TABLE: directory.table.tableName,
        IMPORTS_BUCKET: imports.bucket.bucketName,
        IMPORT_QUEUE_URL: queue.queueUrl,
      },
      impact: 'offices that hand in bank statements and batches: they cannot start a file or fetch its result.',
      remedy: 'read the log of jiexu-imports-api; the same file again is the same import, and files under way go on.',
    });
    exchange.allowReadWrite(this, 'GetItem', 'PutItem', 'UpdateItem');
    directory.allowRead(this, 'GetItem');
    imports.allowReadWrite(this);
    queue.allowSend(this);
  }
}

/** Reading the directory, and the ministry's changes of it. */
export class DirectoryApi extends ServiceFunction {
  constructor(scope: Construct, id: string, { directory }: StorageStack, house: House) {
    super(scope, id, {
      house,
      name: 'directory-api',
      timeout: API_TIMEOUT,
      environment: { DIRECTORY_TABLE: directory.table.tableName },
      impact: 'clerks who look up an office or the rules of a region, and the ministry that corrects one.',
      remedy: 'read the log of jiexu-directory-api; cases go on with the directory as it stands.',
    });
    directory.allowReadWrite(this, 'GetItem', 'PutItem', 'Query');
  }
}

/** Supervisors read the quarantine and have messages tried again. */
export class ExchangeApi extends ServiceFunction {
  constructor(scope: Construct, id: string, storage: StorageStack, house: House) {
    super(scope, id, {
      house,
      name: 'exchange-api',
      timeout: API_TIMEOUT,
      environment: caseEnvironment(storage),
      impact: 'supervisors who read or replay quarantined messages; the persons named in them wait.',
      remedy: 'read the log of jiexu-exchange-api; quarantined messages are kept.',
    });
    allowCasework(this, storage);
  }
}
