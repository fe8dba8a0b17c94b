import { App } from 'aws-cdk-lib';
import { bundledCode } from './bundle.ts';
import { composeJiexu } from './jiexu.ts';
import { readSettings } from './settings.ts';

const app = new App();
composeJiexu(app, readSettings(app, process.env), bundledCode);
