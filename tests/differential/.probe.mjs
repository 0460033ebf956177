import fc from 'fast-check'
import { worldOf, } from '/work/main/tests/differential/compare.ts'
import { choicesOf, compareLaw, registersFor, LAWS } from '/work/main/tests/differential/law-compare.ts'
import { drafts } from '/work/main/tests/differential/model.ts'
const RUNS=Number(process.argv[2]??200), SEED=Number(process.argv[3]??1), SCHEMAS=Number(process.argv[4]??6), MAX=Number(process.argv[5]??6)
const worlds = fc.sample(fc.noBias(drafts), { seed: SEED, numRuns: SCHEMAS }).map(worldOf)
const T={}; const seen={}; let n=0, bad=0
const t0=Date.now()
for (const [i,w] of worlds.entries()) {
  await fc.check(fc.asyncProperty(fc.gen(), async g=>{
    const c=choicesOf(g,w); n++
    let r
    try { r=await compareLaw(w,c) } catch(e){ r={found:'THROW '+(e.stack??e).toString().slice(0,600)} }
    if(!r) {seen.invalid=(seen.invalid??0)+1;return}
    for(const k of new Set([...(r.whole??[]),...(r.codes??[]),...(r.kinds??[]),r.fetches>0?'FETCHED':'NOFETCH'])) T[k]=(T[k]??0)+1
    if(r.found){ bad++
      const key=(r.regime??'')+' '+r.found.replace(/[EV]\d\.\w+|Query\.\w+|Face\.\w+/g,'X').replace(/"grant":"G\d"/g,'"grant":"G"').replace(/"grants":\[[^\]]*\]/g,'').replace(/M-[A-Z0-9-]+/g,'M').slice(0,330)
      seen[key]=(seen[key]??0)+1
      if(seen[key]===1 && MAX>0) console.log('WORLD',i,JSON.stringify(c.seed),'regime',LAWS[c.regime].regime,'\n',r.found.slice(0,700), process.env.TXT? '\n'+c.asking.text+'\n'+JSON.stringify(c.asking.variables):'')
    }
  }),{seed:SEED+i,numRuns:RUNS,plugins:[fc.unbiased()]})
}
console.log(n,'runs',bad,'bad',Date.now()-t0,'ms'); 
for (const [k,v] of Object.entries(seen).sort((a,b)=>b[1]-a[1]).slice(0,25)) console.log(v,k.replace(/\n/g,' / '))

console.log(T)
