/** Shown when the server gives no query of its own: one citizen, three departments, four kinds of decision. */
export const DEFAULT_QUERY = `# 一位居民,三个部门,一次查询:每个字段逐项决定。
# One citizen, three departments, one query:
# each field is decided on its own.
#
# Headers: 令牌、事项、办件号 token, matter, case
# Variables: 证件号码 ID number (演示数据 synthetic)
# Ctrl-Enter: 运行 run

query Citizen($idDocumentNumber: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $idDocumentNumber) {
    # 公安 Public security
    household {
      name
      citizenIdNumber
      householdTownship
      registrationStatus
      photo
    }
    # 人力资源和社会保障 Human resources and social security
    socialInsurance {
      enrolmentStatus
      insuranceType
      employerName
      enrolmentDate
    }
    # 残疾人联合会 Disabled persons' federation
    disability {
      disabilityCertificateNumber
      issuingAuthority
      issueDate
    }
  }
}
`

export const DEFAULT_VARIABLES = `{
  "idDocumentNumber": ""
}`
