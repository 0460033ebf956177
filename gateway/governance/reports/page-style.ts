import type { Language } from '../../vocabulary/codes.ts'

/** Fonts that offices have, Chinese first. */
const FONTS = `"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","WenQuanYi Micro Hei",system-ui,sans-serif`

/**
 * The style of a page, for the screen and for A4: margins name the city, the number of the report and the page.
 *
 * @param margins what stands above and below each printed page
 */
export function pageStyle(margins: { readonly left: string; readonly right: string }, language: Language): string {
  const page =
    language === 'en'
      ? '"Page " counter(page) " of " counter(pages)'
      : '"第 " counter(page) " 页 共 " counter(pages) " 页"'
  return `
@page{size:A4;margin:20mm 16mm 18mm;
@top-left{content:${cssText(margins.left)};font:8.5pt ${FONTS};color:#5b6b79}
@top-right{content:${cssText(margins.right)};font:8.5pt ${FONTS};color:#5b6b79}
@bottom-right{content:${page};font:8.5pt ${FONTS};color:#5b6b79}}
*{box-sizing:border-box}
html{background:#eef2f5;color:#1f2d3a;font:14px/1.6 ${FONTS};-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{max-width:210mm;margin:24px auto;padding:18mm 16mm;background:#fff;box-shadow:0 1px 6px rgb(31 45 58/.18);overflow-wrap:anywhere}
header{border-bottom:3px solid #1d4e73;padding-bottom:14px;margin-bottom:18px}
.city{color:#1d4e73;font-weight:600;letter-spacing:.08em;margin:0 0 4px}
h1{font-size:27px;line-height:1.3;margin:0;color:#14334b}
.subject{margin:6px 0 0;color:#43535f;font-size:15px}
dl.facts{display:grid;grid-template-columns:max-content 1fr max-content 1fr;gap:4px 14px;margin:0 0 20px;font-size:13px}
dl.facts dt{color:#5b6b79}
dl.facts dd{margin:0;min-width:0}
.figures{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 22px;padding:0;list-style:none}
.figures li{flex:1 1 118px;border:1px solid #d5dde4;border-top:3px solid #2f6690;border-radius:4px;padding:9px 12px;break-inside:avoid}
.figures b{display:block;font-size:23px;line-height:1.25;color:#14334b;font-variant-numeric:tabular-nums}
.figures span{color:#5b6b79;font-size:12.5px}
section{margin:0 0 26px}
h2{font-size:18px;margin:0 0 8px;line-height:1.35;color:#14334b;break-after:avoid;break-inside:avoid}
section h2::before{content:"";display:inline-block;width:4px;height:1.05em;margin-right:9px;vertical-align:-.14em;background:#2f6690}
.lead{margin:0 0 10px;color:#43535f}
.charts{margin:0 0 14px}
figure{margin:0 0 14px;padding:10px 12px;border:1px solid #d5dde4;border-radius:4px;break-inside:avoid}
figcaption{font-weight:600;font-size:13px;margin:0 0 6px}
svg{display:block;width:100%;height:auto;font-family:${FONTS}}
.empty{color:#5b6b79;border:1px dashed #b9c5cf;border-radius:4px;padding:14px;text-align:center;margin:0}
table{width:100%;border-collapse:collapse;table-layout:fixed;font-size:12.5px;line-height:1.5}
thead{display:table-header-group;break-inside:avoid;break-after:avoid}
th{background:#e8eef4;text-align:left;font-weight:600;color:#14334b}
th,td{padding:5px 8px;border-bottom:1px solid #d5dde4;vertical-align:top;overflow-wrap:anywhere}
tr{break-inside:avoid}
tbody tr:nth-child(even) td{background:#f8fafb}
.number{text-align:right;font-variant-numeric:tabular-nums}
.marks{margin:0;padding:0;list-style:none}
.marks li{display:inline}
.marks li:not(:last-child)::after{content:"${language === 'en' ? ', ' : '、'}"}
.marks small{font-size:11px;padding:0 4px;border-radius:3px;border:1px solid currentColor;margin-left:3px;white-space:nowrap}
.masked small{color:#7a5200}.verified small{color:#1b6b4a}.refused small{color:#a3262a}
.refused{color:#5b6b79}
footer{border-top:1px solid #d5dde4;padding-top:12px;color:#43535f;font-size:12.5px}
footer h2{font-size:14px}
footer ul{margin:0;padding-left:18px}
@media screen and (max-width:700px){body{margin:0;padding:18px 14px;box-shadow:none}dl.facts{grid-template-columns:max-content 1fr}.wide{overflow-x:auto}.wide table{min-width:620px}}
@media print{html{background:#fff;font-size:10.5pt}body{max-width:none;margin:0;padding:0;box-shadow:none}table{font-size:9pt}h1{font-size:20pt}h2{font-size:13pt}dl.facts,.figures span,footer{font-size:9pt}.figures b{font-size:15pt}}
`
}

/** A text as CSS takes it in quotes: whatever could end it is written as its number. */
export function cssText(text: string): string {
  const safe = text.replaceAll(/["\\<>&\p{Cc}]/gu, (one) => `\\${one.charCodeAt(0).toString(16)} `)
  return `"${safe}"`
}
