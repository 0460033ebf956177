/**
 * The items of HZ-18, HZ-23.2, HZ-25 and HZ-28 as the lists of the regulation and their proposed classification have
 * them: item | name | field | type | level | class | basis | masking.
 */
export const ITEMS = `
HZ-18#01 | 姓名 | name | String | L3 | unconditional | HZ-4.2, ZS-4.02 | M-NAME
HZ-18#02 | 公民身份号码 | citizenIdNumber | IdNumber | L4 | unconditional | HZ-4.2, HZ-15.2 | M-IDNO
HZ-18#03 | 性别 | sex | SexCode | L2 | unconditional | HZ-4.2, ZS-4.02 | M-NULL
HZ-18#04 | 民族 | ethnicity | EthnicityCode | L3 | unconditional | HZ-4.2, ZS-4.02 | M-NULL
HZ-18#05 | 户籍地镇(街道) | householdTownship | String | L3 | unconditional | HZ-4.2 | M-ADDR
HZ-18#06 | 户籍地派出所 | householdPoliceStation | String | L2 | unconditional | HZ-4.2 | M-NULL
HZ-18#07 | 相片 | photo | ImageRef | L4 | conditional | HZ-4.3 | M-NULL
HZ-18#08 | 户籍信息状态 | registrationStatus | HouseholdStatus | L2 | unconditional | HZ-4.2 | M-NULL
HZ-18#09 | 注销前行政区划 | preCancellationDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-18#10 | 注销前派出所 | preCancellationPoliceStation | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-18#11 | 注销日期 | cancellationDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-18#12 | 注销原因 | cancellationReason | HouseholdCancellationReason | L3 | conditional | HZ-4.3 | M-NULL
HZ-23.2#01 | 个人参保状况 | enrolmentStatus | EnrolmentStatus | L3 | conditional | HZ-4.3 | M-NULL
HZ-23.2#02 | 个人社保号 | socialInsuranceNumber | String | L4 | conditional | HZ-4.3 | M-NO
HZ-23.2#03 | 险种类型 | insuranceType | InsuranceTypeCode | L3 | conditional | HZ-4.3 | M-NULL
HZ-23.2#04 | 个人参保日期 | enrolmentDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-23.2#05 | 个人停保日期 | terminationDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-23.2#06 | 工作单位名称 | employerName | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-23.2#07 | 工作单位社保号 | employerSocialInsuranceNumber | String | L3 | conditional | HZ-4.3 | M-NO
HZ-23.2#08 | 登记机关 | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-23.2#09 | 登记机关行政区划 | registrationAuthorityDivision | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-23.2#10 | 登记日期 | registrationDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-23.2#11 | 专业技术职务资格 | professionalTitleQualification | String | L2 | conditional | HZ-36.1 | M-NULL
HZ-23.2#12 | 取得资格时间 | qualificationDate | MaskableDate | L2 | conditional | HZ-36.1 | M-DATE
HZ-23.2#13 | 聘任职务名称 | appointedPositionName | String | L2 | conditional | HZ-36.1 | M-NULL
HZ-23.2#14 | 聘任单位 | appointingUnit | String | L3 | conditional | HZ-36.1 | M-NULL
HZ-23.2#15 | 聘任单位行政区划 | appointingUnitDivision | DivisionCode | L2 | conditional | HZ-36.1 | M-CODE
HZ-23.2#16 | 聘任时间 | appointmentDate | MaskableDate | L2 | conditional | HZ-36.1 | M-DATE
HZ-25#01 | 残疾人证号码 | disabilityCertificateNumber | String | L4 | conditional, verify-only | HZ-4.3, NT-8.1 | M-NO
HZ-25#02 | 发证机关 | issuingAuthority | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-25#03 | 发证机关行政区划 | issuingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-25#04 | 发证日期 | issueDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-25#05 | 残疾人证注销原因 | cancellationReason | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-25#06 | 注销机关 | cancellingAuthority | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-25#07 | 注销机关行政区划 | cancellingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-25#08 | 注销日期 | cancellationDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-28#01 | 姓名 | name | String | L3 | unconditional | HZ-28, HZ-4.2 | M-NAME
HZ-28#02 | 身份证件类型 | idDocumentType | IdDocumentType | L2 | unconditional | HZ-28, HZ-15.2 | M-NULL
HZ-28#03 | 号码 | idDocumentNumber | IdNumber | L4 | unconditional | HZ-28, HZ-15.2 | M-IDNO
`
