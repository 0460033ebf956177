// Made by codegen.mjs from schema.graphql and operations/: npm run codegen.
// 68f57b8ac2f99610527c5048883c5b05c06ba7c3aebf386a87f601b934c4a261
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Operation } from './client.ts';
export const DeskCheck: Operation<DeskCheckQuery, DeskCheckQueryVariables> = {
  "name": "DeskCheck",
  "kind": "query",
  "text": "query DeskCheck($person: PersonKeyInput!) {\n  deskCheck(person: $person) {\n    receipt\n    matterTitle\n    materials {\n      title\n      status\n      text\n      items {\n        coordinate\n        title\n        status\n        values\n        code\n        sourceTitle\n        asOf\n      }\n    }\n  }\n}\n"
};

export const VerifyCertificate: Operation<VerifyCertificateMutation, VerifyCertificateMutationVariables> = {
  "name": "VerifyCertificate",
  "kind": "mutation",
  "text": "mutation VerifyCertificate($input: VerifyItemsInput!) {\n  verifyItems(input: $input) {\n    rows {\n      receipt\n      items {\n        coordinate\n        title\n        outcome\n      }\n    }\n  }\n}\n"
};
/** 身份证件类型 · Kind of identity document (HZ-15.2). */
export type IdDocumentType =
  /** 外国人永久居留身份证 · Foreign permanent resident ID card */
  | 'FOREIGNER_PERMANENT_RESIDENCE'
  /** 港澳台居民来往内地(大陆)通行证 · Mainland travel permit for residents of Hong Kong, Macao and Taiwan */
  | 'HMT_PERMIT'
  /** 港澳台居民居住证 · Residence permit for residents of Hong Kong, Macao and Taiwan */
  | 'HMT_RESIDENCE_PERMIT'
  /** 其他 · Other */
  | 'OTHER'
  /** 护照 · Passport */
  | 'PASSPORT'
  /** 居民身份证 · Resident ID card */
  | 'RESIDENT_ID';

/** 法人和其他组织的标识 · Identifier of one legal entity */
export type LegalEntityKeyInput = {
  /** 法人标识 · Unified social credit code, or registration number where there is none. */
  readonly identifier: string;
  /** 法人标识类型 · Kind of identifier. */
  readonly identifierType: LegalIdentifierType;
};

/** 法人标识类型 · Kind of identifier of a legal entity (HZ-15.2). */
export type LegalIdentifierType =
  /** 营业执照上的注册号 · Registration number of the licence, of those that have no code yet */
  | 'REGISTRATION_NUMBER'
  /** 统一社会信用代码 · Unified social credit code */
  | 'USCC';

/** 材料状态 · Where a material stands (ZS-3.01, HZ-61.1). */
export type MaterialStatus =
  /** 已由共享取得 · Obtained by sharing, clear or masked */
  | 'OBTAINED'
  /** 须由本部门申请共享 · The department has no grant in force for what the city holds */
  | 'TO_BE_APPLIED_FOR'
  /** 须请申请人提供 · To be asked of the citizen */
  | 'TO_BE_ASKED'
  /** 数据源暂不可用 · The source does not answer; to be tried again, not to be asked of the citizen */
  | 'UNAVAILABLE'
  /** 可以核实 · Not shown, but what the person shows can be verified */
  | 'VERIFIABLE';

/** 自然人的证件 · Identity document of one person */
export type PersonKeyInput = {
  /** 证件号码 · Document number; 15-digit resident numbers are converted. */
  readonly idDocumentNumber: string;
  /** 证件类型 · Document type. */
  readonly idDocumentType: IdDocumentType;
};

/** 待核实的一项 · One item */
export type VerifyClaimInput = {
  /** 申请人所示内容 · What the person shows; spellings are made equal before they are compared. */
  readonly claimed: string;
  /** 数据项坐标,如 AdoptionRegistration.adoptionCertificateNumber;可冠以部门代码 · Schema coordinate; the department's code may stand before it. */
  readonly coordinate: string;
};

/** 核实请求 · What is to be verified */
export type VerifyItemsInput = {
  /** 幂等键:同一键重复提交得到同一答复,不另计次数 · The same key with the same rows is answered once: a repeated call gets the same answer and counts no attempt. 8 to 64 letters, digits, `-`, `_`. */
  readonly idempotencyKey?: string | null | undefined;
  /** 逐人逐行,每行一人或一个单位 · One row for each person or legal entity; each is recorded on its own. */
  readonly rows: ReadonlyArray<VerifyRowInput>;
};

/** 核实结果 · Outcome of a comparison (ZS-4.09). */
export type VerifyOutcome =
  /** 相符 · The claim is what the record says */
  | 'MATCH'
  /** 不相符 · It is not, or nothing is told of a record */
  | 'NO_MATCH'
  /** 无记录 · There is no such record of the subject */
  | 'NO_RECORD';

/** 核实的一行 · One subject, and what is claimed of it */
export type VerifyRowInput = {
  /** 待核实的各项 · What is claimed, at most 20 items; each coordinate once. */
  readonly items: ReadonlyArray<VerifyClaimInput>;
  /** 法人或其他组织 · The legal entity; this or `person`. */
  readonly legalEntity?: LegalEntityKeyInput | null | undefined;
  /** 自然人 · The person; this or `legalEntity`. */
  readonly person?: PersonKeyInput | null | undefined;
};

export type DeskCheckQueryVariables = Exact<{
  person: PersonKeyInput;
}>;


export type DeskCheckQuery = { readonly deskCheck: { readonly receipt: string | null, readonly matterTitle: string | null, readonly materials: ReadonlyArray<{ readonly title: string | null, readonly status: MaterialStatus | null, readonly text: string | null, readonly items: ReadonlyArray<{ readonly coordinate: string | null, readonly title: string | null, readonly status: MaterialStatus | null, readonly values: ReadonlyArray<string | null> | null, readonly code: string | null, readonly sourceTitle: string | null, readonly asOf: string | null }> | null }> | null } | null };

export type VerifyCertificateMutationVariables = Exact<{
  input: VerifyItemsInput;
}>;


export type VerifyCertificateMutation = { readonly verifyItems: { readonly rows: ReadonlyArray<{ readonly receipt: string | null, readonly items: ReadonlyArray<{ readonly coordinate: string | null, readonly title: string | null, readonly outcome: VerifyOutcome | null } | null> | null }> | null } | null };
