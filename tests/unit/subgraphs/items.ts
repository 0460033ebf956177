/**
 * All 232 items of HZ-18 to HZ-34 in their 21 lists, and the three of HZ-28, with their proposed classification:
 * item | name | field | type | level | class | basis | masking. An item that joins several facts has a row for each.
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
HZ-19#01 | 姓名 | name | String | L3 | unconditional | HZ-4.2, HZ-28 | M-NAME
HZ-19#02 | 身份证件类型 | idDocumentType | IdDocumentType | L2 | unconditional | HZ-15.2, HZ-28 | M-NULL
HZ-19#03 | 身份证件号码 | idDocumentNumber | IdNumber | L4 | unconditional | HZ-15.2, HZ-28 | M-IDNO
HZ-19#04 | 性别 | sex | SexCode | L2 | unconditional | HZ-4.2 | M-NULL
HZ-19#05 | 民族 | ethnicity | EthnicityCode | L3 | unconditional | HZ-4.2 | M-NULL
HZ-19#06 | 出生日期 | birthDate | MaskableDate | L3 | unconditional | HZ-4.2 | M-DATE
HZ-19#07 | 户籍地址 | householdAddress | String | L3 | conditional | HZ-4.3 | M-ADDR
HZ-19#08 | 居住证号码 | residencePermitNumber | String | L3 | conditional | HZ-4.3 | M-NO
HZ-19#09 | 居住地址详址 | residenceAddressDetail | String | L4 | conditional | HZ-4.3 | M-ADDR
HZ-19#10 | 居住地县(区) | residenceCounty | DivisionCode | L2 | unconditional | HZ-4.2 | M-NULL
HZ-19#11 | 居住地乡镇街 | residenceTownship | DivisionCode | L3 | conditional | HZ-4.3 | M-CODE
HZ-19#12 | 居住地居委会 | residenceCommittee | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-19#13 | 居住地派出所 | residencePoliceStation | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-19#14 | 居住证发证时间 | permitIssueDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-19#15 | 登记机关 | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-19#16 | 登记机关行政区划 | registrationAuthorityDivision | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-19#17 | 登记日期 | registrationDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-19#18 | 注销日期 | cancellationDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-20#01 | 结婚登记日期 | marriageRegistrationDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-20#02 | 离婚登记日期 | divorceRegistrationDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-20#03 | 婚姻状况 | maritalStatus | MaritalStatusCode | L3 | conditional | HZ-4.3 | M-NULL
HZ-20#04 | 收养证号 | adoptionCertificateNumber | String | L4 | conditional, verify-only | HZ-4.3 | M-NULL
HZ-20#05 | 发证机关名称 | issuingAuthorityName | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-20#06 | 发证机关行政区划 | issuingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-21.2#01 | 出生医学证号 | birthCertificateNumber | String | L3 | conditional | HZ-4.3 | M-NO
HZ-21.2#02 | 新生儿姓名 | newbornName | String | L4 | conditional | HZ-4.3 | M-NAME
HZ-21.2#03 | 性别 | newbornSex | SexCode | L2 | unconditional | HZ-4.2 | M-NULL
HZ-21.2#04 | 性别代码 | newbornSexCode | String | L2 | unconditional | HZ-4.2 | M-NULL
HZ-21.2#05 | 健康状况 | newbornHealthStatus | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-21.2#06 | 健康状况代码 | newbornHealthStatusCode | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-21.2#07 | 母亲姓名 | motherName | String | L3 | conditional | HZ-4.3 | M-NAME
HZ-21.2#08 | 母亲身份证号码 | motherIdNumber | IdNumber | L4 | conditional | HZ-4.3, HZ-15.2 | M-IDNO
HZ-21.2#09 | 父亲姓名 | fatherName | String | L3 | conditional | HZ-4.3 | M-NAME
HZ-21.2#10 | 父亲身份证号码 | fatherIdNumber | IdNumber | L4 | conditional | HZ-4.3, HZ-15.2 | M-IDNO
HZ-21.2#11 | 出生日期 | birthDate | MaskableDate | L3 | unconditional | HZ-4.2 | M-DATE
HZ-21.2#12 | 证明发出时间 | certificateIssueDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-21.2#13 | 证明发出单位 | certificateIssuer | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-21.3#01 | 行政区划代码 | divisionCode | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-21.3#02 | 省、市、县名称 | provinceName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-21.3#02 | 省、市、县名称 | cityName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-21.3#02 | 省、市、县名称 | countyName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-21.3#03 | 《居民死亡医学证明(推断)书》编号 | deathCertificateNumber | String | L3 | conditional | HZ-4.3 | M-NO
HZ-21.3#04 | 死者姓名 | deceasedName | String | L3 | unconditional | HZ-4.2, HZ-28 | M-NAME
HZ-21.3#05 | 性别 | sex | SexCode | L2 | unconditional | HZ-4.2 | M-NULL
HZ-21.3#06 | 民族 | ethnicity | EthnicityCode | L3 | unconditional | HZ-4.2 | M-NULL
HZ-21.3#07 | 国家或地区 | countryOrRegion | CountryCode | L2 | unconditional | HZ-4.2 | M-NULL
HZ-21.3#08 | 年龄 | ageAtDeath | Int | L3 | conditional | HZ-4.3 | M-NULL
HZ-21.3#09 | 身份证件类型 | idDocumentType | IdDocumentType | L2 | unconditional | HZ-15.2, HZ-28 | M-NULL
HZ-21.3#10 | 身份证件号码 | idDocumentNumber | IdNumber | L4 | unconditional | HZ-15.2, HZ-28 | M-IDNO
HZ-21.3#11 | 常住地址 | usualResidenceAddress | String | L4 | conditional | HZ-4.3 | M-ADDR
HZ-21.3#12 | 户籍地址 | householdAddress | String | L3 | conditional | HZ-4.3 | M-ADDR
HZ-21.3#13 | 出生日期 | birthDate | MaskableDate | L3 | unconditional | HZ-4.2 | M-DATE
HZ-21.3#14 | 死亡日期 | deathDate | MaskableDate | L3 | unconditional | HZ-4.2 | M-DATE
HZ-21.3#15 | 死亡地点 | placeOfDeath | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-21.3#16 | 死亡原因 | causeOfDeath | String | L4 | conditional, verify-only | HZ-4.3 | M-NULL
HZ-21.3#17 | 家属姓名 | nextOfKinName | String | L4 | conditional | HZ-4.3 | M-NAME
HZ-21.3#18 | 联系电话 | contactPhone | PhoneNumber | L4 | conditional | HZ-4.3 | M-PHONE
HZ-21.3#19 | 家属住址或单位 | nextOfKinAddressOrEmployer | String | L4 | conditional | HZ-4.3 | M-ADDR
HZ-21.3#20 | 医师签名 | physicianSignature | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-21.3#21 | 医疗卫生机构名称 | medicalInstitutionName | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-21.3#22 | 民警签名 | policeOfficerSignature | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-21.3#23 | 派出所名称 | policeStationName | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-22#01 | 计划生育服务证号码 | familyPlanningServiceCertificateNumber | String | L4 | conditional | HZ-4.3 | M-NO
HZ-22#02 | 流动人员婚育证明号码 | migrantMarriageFertilityCertificateNumber | String | L4 | conditional | HZ-4.3 | M-NO
HZ-22#03 | 领证日期 | certificateReceiptDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-22#04 | 发证机关 | issuingAuthority | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-22#05 | 发证机关行政区划 | issuingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
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
HZ-23.4#01 | 低保证号 | allowanceCertificateNumber | String | L4 | conditional | HZ-4.3 | M-NO
HZ-23.4#02 | 发证机关名称 | issuingAuthorityName | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-23.4#03 | 发证机关行政区划 | issuingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-24#01 | 学籍号 | studentRegistrationNumber | String | L3 | conditional | HZ-4.3 | M-NO
HZ-24#02 | 学生姓名 | studentName | String | L3 | unconditional | HZ-4.2, HZ-28 | M-NAME
HZ-24#03 | 性别 | sex | SexCode | L2 | unconditional | HZ-4.2 | M-NULL
HZ-24#04 | 出生日期 | birthDate | MaskableDate | L3 | unconditional | HZ-4.2 | M-DATE
HZ-24#05 | 出生地 | birthPlace | DivisionCode | L3 | conditional | HZ-4.3 | M-CODE
HZ-24#06 | 户籍所在地 | householdLocation | String | L3 | conditional | HZ-4.3 | M-ADDR
HZ-24#07 | 入学时间 | enrolmentDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-24#08 | 入读学校 | schoolName | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#09 | 学校地址 | schoolAddress | String | L3 | conditional | HZ-4.3 | M-ADDR
HZ-24#10 | 学业考试信息 | academicExamRecords | [ExamRecord!] | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#11 | 体育运动技能与艺术特长 | sportsAndArtsSkills | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-24#12 | 参加社区服务和社会实践情况 | communityServiceAndSocialPractice | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-24#13 | 体质健康测试及健康体检信息 | physicalFitnessTests | [HealthRecord!] | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#13 | 体质健康测试及健康体检信息 | healthCheckups | [HealthRecord!] | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#14 | 预防接种信息 | vaccinationRecords | [VaccinationRecord!] | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#15 | 在校期间的获奖信息 | awards | [Award!] | L2 | conditional | HZ-4.3 | M-NULL
HZ-24#16 | 享受资助信息 | financialAidRecords | [FinancialAid!] | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#17 | 毕(肄)业时间 | completionDate | MaskableDate | L2 | conditional | HZ-36.1 | M-DATE
HZ-24#18 | 毕(肄)业学校 | completionSchool | String | L2 | conditional | HZ-36.1 | M-NULL
HZ-24#19 | 转学时间 | transferDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-24#20 | 转出学校 | transferFromSchool | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-24#21 | 转入学校 | transferToSchool | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-24#22 | 休学时间 | suspensionDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-24#23 | 复学时间 | resumptionDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-24#24 | 退学时间 | withdrawalDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-24#25 | 离校时间 | leavingDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-24#26 | 离校原因 | leavingReason | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-24#27 | 学历 | educationLevel | EducationLevelCode | L2 | conditional | HZ-36.1 | M-NULL
HZ-24#28 | 专业 | major | String | L2 | conditional | HZ-36.1 | M-NULL
HZ-24#29 | 毕业(学历)证书号 | diplomaNumber | String | L3 | conditional, verify-only | HZ-36.1, NT-8.1 | M-NO
HZ-24#30 | 学位 | academicDegree | DegreeCode | L2 | conditional | HZ-36.1 | M-NULL
HZ-24#31 | 学位授予时间 | degreeConferralDate | MaskableDate | L2 | conditional | HZ-36.1 | M-DATE
HZ-24#32 | 学位授予单位 | degreeConferringInstitution | String | L2 | conditional | HZ-36.1 | M-NULL
HZ-24#33 | 学位证书号 | degreeCertificateNumber | String | L3 | conditional, verify-only | HZ-36.1, NT-8.1 | M-NO
HZ-24#34 | 登记机关 | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-24#35 | 登记机关行政区划 | registrationAuthorityDivision | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-24#36 | 登记日期 | registrationDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-25#01 | 残疾人证号码 | disabilityCertificateNumber | String | L4 | conditional, verify-only | HZ-4.3, NT-8.1 | M-NO
HZ-25#02 | 发证机关 | issuingAuthority | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-25#03 | 发证机关行政区划 | issuingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-25#04 | 发证日期 | issueDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-25#05 | 残疾人证注销原因 | cancellationReason | String | L4 | conditional | HZ-4.3 | M-NULL
HZ-25#06 | 注销机关 | cancellingAuthority | String | L2 | conditional | HZ-4.3 | M-NULL
HZ-25#07 | 注销机关行政区划 | cancellingAuthorityDivision | DivisionCode | L2 | conditional | HZ-4.3 | M-CODE
HZ-25#08 | 注销日期 | cancellationDate | MaskableDate | L3 | conditional | HZ-4.3 | M-DATE
HZ-26#01 | 个人住房公积金账户状态 | accountStatus | HousingFundAccountStatus | L3 | conditional | HZ-4.3 | M-NULL
HZ-26#02 | 工作单位名称 | employerName | String | L3 | conditional | HZ-4.3 | M-NULL
HZ-26#03 | 登记日期 | registrationDate | MaskableDate | L2 | conditional | HZ-4.3 | M-DATE
HZ-27#01 | 资格证书名称 | qualificationCertificateName | String | L2 | unconditional | HZ-4.2 | M-NULL
HZ-27#02 | 资格证书号码 | qualificationCertificateNumber | String | L3 | unconditional | HZ-4.2 | M-NO
HZ-27#03 | 执业证书名称 | practiceLicenceName | String | L2 | unconditional | HZ-4.2 | M-NULL
HZ-27#04 | 执业证书号码 | practiceLicenceNumber | String | L3 | unconditional | HZ-4.2 | M-NO
HZ-27#05 | 发证部门 | issuingDepartment | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-27#06 | 发证部门行政区划 | issuingDepartmentDivision | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-27#07 | 发证日期 | issueDate | MaskableDate | L2 | unconditional | HZ-4.2 | M-DATE
HZ-27#08 | 证件注销日期 | cancellationDate | MaskableDate | L2 | unconditional | HZ-4.2 | M-DATE
HZ-28#01 | 姓名 | name | String | L3 | unconditional | HZ-28, HZ-4.2 | M-NAME
HZ-28#02 | 身份证件类型 | idDocumentType | IdDocumentType | L2 | unconditional | HZ-28, HZ-15.2 | M-NULL
HZ-28#03 | 号码 | idDocumentNumber | IdNumber | L4 | unconditional | HZ-28, HZ-15.2 | M-IDNO
HZ-29.1(1)#01 | 统一社会信用代码 | unifiedSocialCreditCode | Uscc | L1 | unconditional | HZ-4.2, HZ-15.2 | M-NONE
HZ-29.1(1)#02 | 企业注册号 | enterpriseRegistrationNumber | String | L1 | unconditional | HZ-4.2, HZ-15.2 | M-NONE
HZ-29.1(1)#03 | 企业名称 | enterpriseName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#04 | 法定代表人及其身份证件号码 | legalRepresentativeName | String | L2 | unconditional | HZ-4.2 | M-NAME
HZ-29.1(1)#04 | 法定代表人及其身份证件号码 | legalRepresentativeIdNumber | IdNumber | L4 | conditional | HZ-4.3 | M-IDNO
HZ-29.1(1)#05 | 行政区划代码 | divisionCode | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#06 | 行政区划 | divisionName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#07 | 属地管理机关 | localSupervisingAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#08 | 登记住所(工商) | registeredDomicile | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#09 | 企业类型 | enterpriseType | EnterpriseTypeCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#10 | 行业 | industry | IndustryCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#11 | 经营范围 | businessScope | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#12 | 注册资本 | registeredCapital | Decimal | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#13 | 成立日期(工商) | establishmentDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(1)#14 | 登记机关(工商) | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#01 | 个体工商户注册号 | individualBusinessRegistrationNumber | String | L1 | unconditional | HZ-4.2, HZ-15.2 | M-NONE
HZ-29.1(2)#02 | 业户名称 | businessName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#03 | 经营者姓名及其身份证件号码 | operatorName | String | L2 | unconditional | HZ-4.2 | M-NAME
HZ-29.1(2)#03 | 经营者姓名及其身份证件号码 | operatorIdNumber | IdNumber | L4 | conditional | HZ-4.3 | M-IDNO
HZ-29.1(2)#04 | 行政区划代码 | divisionCode | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#05 | 行政区划 | divisionName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#06 | 属地管理机关 | localSupervisingAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#07 | 登记经营场所(工商) | registeredBusinessPremises | String | L2 | unconditional | HZ-4.2 | M-ADDR
HZ-29.1(2)#08 | 经营范围 | businessScope | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#09 | 行业 | industry | IndustryCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#10 | 成立日期(工商) | establishmentDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-29.1(2)#11 | 登记机关(工商) | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-30#01 | 批准文号 | approvalNumber | String | L2 | unconditional | HZ-4.2 | M-NONE
HZ-30#02 | 核准内容 | approvedContent | String | L2 | unconditional | HZ-4.2 | M-NONE
HZ-30#03 | 检测日期 | inspectionDate | MaskableDate | L2 | conditional | HZ-36.1 | M-NONE
HZ-30#04 | 许可证号 | permitNumber | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-30#05 | 许可范围 | permitScope | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-30#06 | 有效期 | validityPeriod | DateRange | L1 | unconditional | HZ-4.2 | M-NONE
HZ-30#07 | 颁证日期 | permitIssueDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-31#01 | 纳税人识别号(地税) | localTaxpayerId | String | L2 | unconditional | HZ-4.2 | M-NO
HZ-31#02 | 注册地址(地税) | localTaxRegisteredAddress | String | L2 | unconditional | HZ-4.2 | M-ADDR
HZ-31#03 | 登记日期(地税) | localTaxRegistrationDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-31#04 | 登记机关(地税) | localTaxRegistrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-32#01 | 纳税人识别号(国税) | stateTaxpayerId | String | L2 | unconditional | HZ-4.2 | M-NO
HZ-32#02 | 注册地址(国税) | stateTaxRegisteredAddress | String | L2 | unconditional | HZ-4.2 | M-ADDR
HZ-32#03 | 登记日期(国税) | stateTaxRegistrationDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-32#04 | 登记机关(国税) | stateTaxRegistrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#01 | 单位名称 | organisationName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#02 | 单位地址 | organisationAddress | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#03 | 联系电话 | contactPhone | PhoneNumber | L3 | conditional | HZ-4.3 | M-PHONE
HZ-33.1(1)#04 | 民办非企业单位类型 | privateNonEnterpriseUnitType | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#05 | 行政区划代码 | divisionCode | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#06 | 行政区划 | divisionName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#07 | 法定代表人(责任人)姓名 | legalRepresentativeName | String | L2 | unconditional | HZ-4.2 | M-NAME
HZ-33.1(1)#08 | 法定代表人(责任人)身份证件号码 | legalRepresentativeIdNumber | IdNumber | L4 | conditional | HZ-4.3 | M-IDNO
HZ-33.1(1)#09 | 业务主管单位 | competentSupervisoryUnit | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#10 | 业务范围 | businessScope | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#11 | 登记日期(民政) | registrationDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(1)#12 | 登记机关(民政) | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#01 | 社会团体登记证号 | associationRegistrationNumber | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#02 | 单位名称 | organisationName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#03 | 单位地址 | organisationAddress | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#04 | 联系电话 | contactPhone | PhoneNumber | L3 | conditional | HZ-4.3 | M-PHONE
HZ-33.1(2)#05 | 行政区划代码 | divisionCode | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#06 | 行政区划 | divisionName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#07 | 法定代表人(责任人)姓名 | legalRepresentativeName | String | L2 | unconditional | HZ-4.2 | M-NAME
HZ-33.1(2)#08 | 法定代表人(责任人)身份证件号码 | legalRepresentativeIdNumber | IdNumber | L4 | conditional | HZ-4.3 | M-IDNO
HZ-33.1(2)#09 | 业务主管单位 | competentSupervisoryUnit | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#10 | 社团类型 | associationType | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#11 | 登记日期(民政) | registrationDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(2)#12 | 登记机关(民政) | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#01 | 社会福利机构登记证号 | welfareInstitutionRegistrationNumber | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#02 | 单位名称 | organisationName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#03 | 单位地址 | organisationAddress | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#04 | 联系电话 | contactPhone | PhoneNumber | L3 | conditional | HZ-4.3 | M-PHONE
HZ-33.1(3)#05 | 行政区划代码 | divisionCode | DivisionCode | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#06 | 行政区划 | divisionName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#07 | 法定代表人(责任人)姓名 | legalRepresentativeName | String | L2 | unconditional | HZ-4.2 | M-NAME
HZ-33.1(3)#08 | 法定代表人(责任人)身份证件号码 | legalRepresentativeIdNumber | IdNumber | L4 | conditional | HZ-4.3 | M-IDNO
HZ-33.1(3)#09 | 福利机构类型 | welfareInstitutionType | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#10 | 登记日期(民政) | registrationDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
HZ-33.1(3)#11 | 登记机关(民政) | registrationAuthority | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-34#01 | 事业单位法人证书号 | publicInstitutionCertificateNumber | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-34#02 | 单位名称 | organisationName | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-34#03 | 单位地址 | organisationAddress | String | L1 | unconditional | HZ-4.2 | M-NONE
HZ-34#04 | 联系电话 | contactPhone | PhoneNumber | L3 | conditional | HZ-4.3 | M-PHONE
HZ-34#05 | 法定代表人姓名 | legalRepresentativeName | String | L2 | unconditional | HZ-4.2 | M-NAME
HZ-34#06 | 登记日期(编办) | registrationDate | MaskableDate | L1 | unconditional | HZ-4.2 | M-NONE
`
