let $s=/^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/;let $aR=15_000;class Unreachable extends Error{}
class Refused extends Unreachable{}
class Missing extends Error{}
class Gone extends Error{}
let $aJ=new Map([[400,Missing],[404,Missing],[410,Gone]]);function $ac(window,offset,limit,player,pin,signal){
let query={window,offset:String(offset),limit:String(limit),...(player!==null&&{player})};return $ad("v1/leaderboard",query,pin,signal);}
async function $bp(id,window,span,pin,signal){
let answer=await $ad("v1/players",{ids:id,window,span:String(span)},pin,signal);if(answer.body.entries.length===0)throw new Missing(`no entry for the player ${id}`);return answer;}
let $ae=(by,window,signal)=>$t("v1/players",{...by,window},signal,"entries");let $bq=(signal)=>$t("v1/windows",{},signal,"windows");let $am=(value)=>typeof value==="object"&&value!==null;let $bD=(body,status)=>$am(body)&&body.status===status&&typeof body.detail==="string";async function $ad(path,query,pin,signal){
try{
return await $t(path,pin===null?query:{...query,as_of:pin},signal,"entries");}catch(error){
if(pin===null||!(error instanceof Gone))throw error;return $t(path,query,signal,"entries");}
}
async function $t(path,query,signal,list){
let{response,body}=await $bo(`${path}?${new URLSearchParams(query)}`.replace(/\?$/,""),signal);let{status}=response;if($bD(body,status))throw new($aJ.get(status)??Refused)(body.detail);if(!response.ok||!$am(body)||!Array.isArray(body[list])){
throw new Unreachable(`${path} answered ${status}`);}
let answer=(body);let asOf=$bX(response.headers.get("As-Of"),answer.as_of??null);return{body:answer,asOf,skew:$bK(response)};}
async function $bo(address,signal){
let controller=new AbortController();let abort=()=>controller.abort(signal.reason);let timer=setTimeout(()=>controller.abort(new Unreachable("no answer in time")),$aR);signal.addEventListener("abort",abort);try{
signal.throwIfAborted();let response=await fetch(address,{cache:"no-cache",signal:controller.signal});let body=await response.json().catch((error)=>{
if(response.ok||controller.signal.aborted)throw error;return null;});return{response,body};}catch(error){
if(signal.aborted)throw signal.reason;throw error instanceof Unreachable?error:new Unreachable("no usable answer",{cause:error});}finally{
clearTimeout(timer);signal.removeEventListener("abort",abort);}
}
function $bX(...times){
let newest=null;for(let time of times){
if(time===null||Number.isNaN(Date.parse(time)))continue;if(newest===null||Date.parse(time)>Date.parse(newest))newest=time;}
return newest;}
function $bK(response){
let date=Date.parse(response.headers.get("Date")??"");let cached=Number(response.headers.get("Age")??0)*1000;return Number.isNaN(date + cached)?0:date + cached - Date.now();}
let $o=1000;let $r=60*$o;let HOUR=60*$r;let DAY=24*HOUR;let $m="en-GB";let $bN=new Intl.NumberFormat($m);let MOMENT={weekday:"short",day:"numeric",month:"short",hour:"2-digit",minute:"2-digit"};let momentFormat=new Intl.DateTimeFormat($m,MOMENT);let $bL=new Intl.DateTimeFormat($m,{...MOMENT,year:"numeric"});let $cx=new Intl.DateTimeFormat($m,{timeZoneName:"short"});let $G=(time)=>
$cx.formatToParts(time).find((part)=>part.type==="timeZoneName")?.value??"";let $c=(number)=>$bN.format(number);function $k(text){
let time=typeof text==="string"?Date.parse(text):NaN;return Number.isNaN(time)?null:time;}
function $E(milliseconds){
let length=Math.max(0,milliseconds);let[size,unit]=$bY(length);let number=Math.floor(length / size);return `${$c(number)} ${unit}${number === 1 ? "" : "s"}`;}
function $bY(length){
if(length<$r)return[$o,"second"];if(length<HOUR)return[$r,"minute"];if(length<2*DAY)return[HOUR,"hour"];return[DAY,"day"];}
function $cq(milliseconds){
let left=Math.max(0,Math.ceil(milliseconds / $o))*$o;let days=Math.floor(left / DAY);let $U=(size,wrap)=>String(Math.floor(left / size)% wrap).padStart(2,"0");let clock=[[$U(HOUR,24),"h"],[$U($r,60),"m"],[$U($o,60),"s"]];return days>0?[[String(days),"d"],...clock]:clock;}
function $F(starts,ends,now){
if(starts===null||ends===null)return "Every activity counts";let year=new Date(now).getFullYear();let $bF=[starts,ends].every((time)=>new Date(time).getFullYear()===year);let format=$bF?momentFormat:$bL;let[before,after]=[$G(starts),$G(ends)];return `${format.format(starts)}${before === after ? "" : ` ${before}`} – ${format.format(ends)} ${after}`;}
let $aL=[
[/^all-time$/,"all_time"],
[/^rolling-\d{1,2}d$/,"rolling"],
[/^\d{4}-\d\d-\d\dT\d\d$/,"hour"],
[/^\d{4}-\d\d-\d\d$/,"day"],
[/^(\d{4}-W\d\d|week-\d{4}-\d\d-\d\d)$/,"week"],
[/^\d{4}-\d\d$/,"month"],
[/^[a-z][a-z0-9-]{0,31}$/,"season"],
];function $af(text,kinds){
let named=kinds.find((kind)=>kind===text);if(named!==undefined)return named;let matched=$aL.find(([pattern])=>pattern.test(text))?.[1];return kinds.find((kind)=>kind===matched)??null;}
let closes=(kind)=>kind!=="all_time"&&kind!=="rolling";let $aK={hour:"Hours",day:"Days",week:"Weeks",month:"Months",season:"Seasons"};let $p=(kind)=>
kind==="season"
?{sentence:"No season is on",word:"No season",note:"none now",earlier:"Earlier seasons"}
:{sentence:"Closed right now",word:"Closed",note:"closed now",earlier:"Earlier ones"};let $bx=new Intl.DateTimeFormat($m,{
day:"numeric",
month:"short",
hour:"2-digit",
minute:"2-digit",
});let $K=(options)=>new Intl.DateTimeFormat($m,{timeZone:"UTC",...options});function $M(id,kind,year){
if(kind==="season")return id.charAt(0).toUpperCase()+ id.slice(1).replaceAll("-"," ");let start=id.replace("week-","");let isOtherYear=Number(start.slice(0,4))!==year;if (kind === "week" && start === id) return `Week ${Number(id.slice(6))}${isOtherYear ? `, ${id.slice(0, 4)}` : ""}`;let time=new Date(kind==="hour"?`${id}:00:00Z`:start);if(Number.isNaN(time.getTime()))return id;if(kind==="hour")return `${$bx.format(time)} ${$G(time.getTime())}`;if(kind==="month")return $K({month:"long",year:"numeric"}).format(time);let date={day:"numeric",month:"short",...(isOtherYear&&{year:"numeric"})};if(kind==="week")return `Week of ${$K(date).format(time)}`;return $K({weekday:"short",...date}).format(time);}
function $ar(windows,kind,label,chosen,year,$w){
let describe=(id,isSealed)=>`${$M(id, kind, year)} (${isSealed ? "final" : "not final yet"})`;let choices=[[kind,label]];for(let{id,every,current,sealed}of windows){
if(every===kind&&!current)choices.push([id,describe(id,sealed||($w&&id===chosen))]);}
if(choices.some(([value])=>value===chosen))return choices;return[...choices,[chosen,$w?describe(chosen,true):$M(chosen,kind,year)]];}
let $aN=10**9;function $bV(hash,kinds,limit,own){
let parameters=new URLSearchParams(hash.replace(/^#/,""));let window=parameters.get("window")??"";let id=parameters.get("player")??"";let player=$s.test(id)?id:null;let offset=$bW(parameters.get("offset")??"");let fallback=player===null?0:null;return{
window:$af(window,kinds)===null?kinds[0]:window,
offset:offset===null?fallback:offset -(offset % limit),
player:player??own,
};}
function $bW(text){
return /^\d{1,10}$/.test(text)&&Number(text)<=$aN?Number(text):null;}
function $ag({window,offset,player},kinds,own){
let parameters=new URLSearchParams();if(window!==kinds[0])parameters.set("window",window);let $al=player!==null&&(player!==own||offset===null);if(offset!==null&&($al||offset>0))parameters.set("offset",String(offset));if($al)parameters.set("player",player);let text=parameters.toString();return text===""?"":`#${text}`;}
let $V="leaderboards.player";let $W=`leaderboards.ranks.${location.pathname.replace(/[^/]*$/, "")}`;let $aP=200;let $aQ=4;function read(key){
try{
return localStorage.getItem(key);}catch{
return null;}
}
function write(key,text){
try{
if(text===null)localStorage.removeItem(key);else localStorage.setItem(key,text);}catch{}
}
let stored=read($V);let own=stored!==null&&$s.test(stored)?stored:null;let $aA=()=>own;function $aE(id){
own=id;write($V,id);}
function $cb(){
try{
let windows=JSON.parse(read($W)??"[]");return new Map(windows.map(([id,ranks])=>[id,new Map(ranks)]));}catch{
return new Map();}
}
let before=$cb();let seen=new Map(before);function $aZ(window,entries){
let latest=new Map(seen.get(window));let earlier=before.get(window)??new Map();before.set(window,earlier);for(let{player_id:player,rank}of entries){
if(!earlier.has(player))earlier.set(player,rank);latest.delete(player);latest.set(player,rank);}
seen.delete(window);seen.set(window,new Map([...latest].slice(-$aP)));return earlier;}
function $cs(){
let windows=[...seen].slice(-$aQ).map(([id,ranks])=>[id,[...ranks]]);if(windows.length>0)write($W,JSON.stringify(windows));}
let board=JSON.parse(document.getElementById("board")?.textContent??"");function $au(
{decimals,before="",after="",digits=decimals,seconds=0,ordinal=false},
){
let size=10n**BigInt(digits);return(score)=>{
if(typeof score!=="number")return "–";let scaled=BigInt(Math.abs(score).toFixed(decimals).replace(".",""))*BigInt(seconds||1);let whole=scaled / size;let rest=digits>0?`.${pad(scaled % size, digits)}`:"";let body=seconds?$cw(whole,rest):$c(whole)+(ordinal?$br(Number(whole)):rest);return(score<0?"-":"")+ before + body + after;};}
let pad=(number,digits)=>String(number).padStart(digits,"0");function $cw(whole,rest){
let[hours,minutes,seconds]=[whole / 3600n,whole / 60n % 60n,whole % 60n];if(hours>0n)return `${$c(hours)}:${pad(minutes, 2)}:${pad(seconds, 2)}${rest}`;return minutes > 0n ? `${minutes}:${pad(seconds, 2)}${rest}` : `${seconds}${rest} s`;}
function $br(place){
let $bE=place % 100>10&&place % 100<14;return($bE?null:["th","st","nd","rd"][place % 10])??"th";}
let columns=board.columns.map(({name,title,...reading})=>({
name,
title,
format:$au(reading),
formatGap:$au({...reading,ordinal:false}),
}));let[firstWindow,...otherWindows]=board.windows;let kinds=[firstWindow.every,...otherWindows.map((window)=>window.every)];let labels=new Map(board.windows.map((window)=>[window.every,window.label]));let LIMIT=50;let state={
chosen:{window:kinds[0],offset:0,player:null},
shown:null,
views:new Map(),
windows:[],
upcoming:[],
skew:0,
players:0,
failures:0,
reason:null,
nextTry:0,
rankToReveal:null,
};let now=()=>Date.now()+ state.skew;const keyOf = ({ window, offset, player }) => `${window} ${offset ?? `@${player}`}`;let $u=()=>(state.shown?.key===keyOf(state.chosen)?state.shown:null);let $e=()=>(state.shown?.window===state.chosen.window?state.shown:null);let BLANK="\u00a0";function $H(view,kinds,now){
let{window}=view.body;if(!window)return false;let ends=$k(window.ends_at);let $bz=kinds.some((kind)=>kind===view.window);return window.sealed||(!$bz&&closes(window.every)&&ends!==null&&ends<=now);}
function describeReset(view,upcoming,kinds,now){
if(view===null)return[BLANK,"",BLANK];if(view.gap)return $bk(view.window,upcoming,now);let{window}=view.body;let ends=$k(window?.ends_at);if(!window||ends===null)return["Resets","Never",$F(null,null,now)];let period=$F($k(window.starts_at),ends,now);if($H(view,kinds,now))return["Ended",window.sealed?"Final":"Not final yet",period];let[before,due]=$bM(view.body,window.every);return[ends>now?before:due,Math.max(0,ends - now),period];}
function $bM({next_reset_at:resets,next_starts_at:starts},kind){
if(!closes(kind))return["Moves on in","Moving on now"];let $x=!resets||!starts||resets===starts;return $x?["Resets in","Resetting now"]:["Ends in","Ending now"];}
function $bk(kind,upcoming,now){
let next=upcoming.find((window)=>window.every===kind);let starts=$k(next?.starts_at);if(starts===null)return[BLANK,$p(kind).word,BLANK];let period=$F(starts,$k(next?.ends_at),now);return[starts>now?"Starts in":"Starting now",Math.max(0,starts - now),period];}
function $bl(view,windows,kinds,now){
if(view.body.entries.length>0)return null;if(view.gap){
let gap=$p(view.window);let $bw=windows.some((window)=>window.every===view.window&&!window.current);let earlier=$bw?` ${gap.earlier} can be chosen from the list.`:"";return[gap.sentence,`The next one will appear here.${earlier}`];}
if($H(view,kinds,now))return["No one was ranked","Nobody took part before this window ended."];return["No one is ranked yet","The first players appear here soon after their first activity."];}
function $bg(view,retries,staleAfter,now){
let $at=$k(view?.asOf);let age=$at===null?null:now - $at;if(retries.failures>0){
let again=retries.next>0?`Retrying in ${Math.ceil(retries.next / 1000)} s.`:"Retrying now.";let results=age===null?"":`Results are ${$E(age)} old. `;if(retries.reason===null)return["down",[`Can’t reach the leaderboard. ${results}${again}`]];return["down",["The leaderboard can’t answer: “",retries.reason,`”. ${results}${again}`]];}
if(view===null)return["loading",["Loading the ranking…"]];if(view.gap)return["live",[$p(view.window).sentence]];if(age===null)return["live",["Waiting for the first results"]];let total=view.body.players;let players=total>0?` · ${$c(total)} ${total === 1 ? "player" : "players"}`:"";if(view.body.window?.sealed)return["live",[`Final results${players}`]];if(age>staleAfter)return["stale",[`Out of date: these results are ${$E(age)} old.`]];return ["live", [`Updated ${age < 5000 ? "just now" : `${$E(age)} ago`}${players}`]];}
let $bm=(reason)=>[
"The ranking can’t be shown",
reason??"The leaderboard can’t be reached. This page tries again by itself.",
];function $bh(entries,player,columns){
let at=entries.findIndex((entry)=>entry.player_id===player);let own=entries[at];if(own===undefined)return "";let $j=own.rank===1;let other=$j
?entries.find(({rank})=>rank>1)
:entries.slice(0,at).findLast(({rank})=>rank<own.rank);if(other===undefined)return "";for(let[index,{name,title,formatGap}]of columns.entries()){
let[mine,theirs]=[own,other].map(({score,columns})=>index===0?score:columns[name]);if(mine===undefined||theirs===undefined||mine===theirs)continue;let column=columns.length>1?`${title}: `:"";let size=formatGap(Math.abs(mine - theirs));return `${column}${size} ${$j ? "ahead of" : "to"} rank ${$c(other.rank)}`;}
return $j?"":`Level with rank ${$c(other.rank)}, which came first`;}
function $bj({entries,players},offset,player){
if(entries.length===0)return[];if(offset!==null){
return[`${$c(offset + 1)}–${$c(offset + entries.length)} of ${$c(players)}`];}
return["Around ",entries.find((entry)=>entry.player_id===player)?.name??player??""];}
let find=(id)=>(document.getElementById(id));function $f(selector,parent=document){
return([...parent.querySelectorAll(selector)]);}
function $n(selector,parent=document){
let[element]=$f(selector,parent);if(element===undefined)throw new Error(`the page has no ${selector}`);return element;}
function $b(element,text){
if(element.textContent!==text)element.textContent=text;}
function $z(element,text){
$b(element,text);element.title=text;}
function $a(tag,className,text=""){
let element=document.createElement(tag);element.className=className;element.textContent=text;return element;}
function $J(entry){
if(board.hide_player_ids)return[entry.name||"Unnamed player",""];return entry.name?[entry.name,entry.player_id]:[entry.player_id,""];}
let $v=(scores,columns)=>
columns.map(({name,format},index)=>format(index===0?scores.score:scores.columns[name]));function $P(reason){
find("empty").hidden=reason===null;find("frame").hidden=reason!==null;if(reason===null)return;$b(find("empty-title"),reason[0]);$b(find("empty-text"),reason[1]);}
function $O(isBusy){
find("table").setAttribute("aria-busy",String(isBusy));}
function $ch(condition,parts){
find("state").dataset.state=condition;$B(find("state-text"),parts,"");find("retry").hidden=condition!=="down";}
let announce=(text)=>$b(find("announcement"),text);function $co(label,left,period){
$b(find("reset-label"),label);$b(find("span"),period);let parts=typeof left==="number"?$cq(left):[[left,""]];let countdown=find("countdown");let text=parts.flat().join("");if(countdown.dataset.shown===text)return;countdown.dataset.shown=text;let spans=[];for(let[digits,unit]of parts){
spans.push($a("span","digits",digits),$a("span","unit",unit));}
countdown.replaceChildren(...spans);}
function $cg(kinds,chosen){
let select=find("window");let text=JSON.stringify(kinds);if(select.dataset.shown!==text){
select.dataset.shown=text;select.replaceChildren(...kinds.flatMap(([heading,choices])=>$be(heading,choices)));}
select.hidden=select.options.length<2;if(select.value!==chosen)select.value=chosen;}
function $be(heading,choices){
let options=choices.map(([value,label])=>new Option(label,value));if(options.length<2)return options;let group=document.createElement("optgroup");group.label=heading;group.append(...options);return[group];}
function $aG(parts,first,players,limit){
$B(find("range"),parts,"");let $by=first===null;let $j=first===0;let $ak=(first??0)+ limit>=players;find("pager").hidden=players<=limit&&$j;find("jump").hidden=players<=limit;let $bI={first:$j,previous:$j,next:$ak,last:$ak};for(let button of $f("[data-page]")){
let page=button.dataset.page??"";button.hidden=$by!==(page==="whole");button.setAttribute("aria-disabled",String($bI[page]??false));}
}
let $g=(...parts)=>$B(find("search-message"),parts,"id");function $B(element,parts,className){
if(element.textContent===parts.join(""))return;element.replaceChildren(
...parts.map((part,index)=>(index % 2?$a("bdi",className,part):part)),
);}
function $ai(){
find("found").hidden=true;}
function $cj(entry,players,columns,gap){
let[name,id]=$J(entry);let describe=(scores)=>{
let texts=$v(scores,columns);return columns.map(({title},index)=>`${title} ${texts[index]}`).join(" · ");};find("found").hidden=false;$b(find("found-rank"),`Rank ${$c(entry.rank)} of ${$c(players)}`);$z(find("found-name"),name);$z(find("found-id"),id);$b(find("found-score"),describe(entry));$b(find("found-gap"),gap);let{pending}=entry;let pendingText=pending&&(columns.length>1?describe(pending):$v(pending,columns)[0]);$b(find("found-pending"),pendingText?`${pendingText} now, counted at the next update`:"");$b(find("found-percentile"),$bi(entry.percentile,players));}
function $bi(percentile,players){
if(percentile===undefined)return "";if(players<2)return "The only player so far";return percentile===100?"Ahead of everyone else":`Ahead of ${$c(percentile)}% of the others`;}
function $aF(place,attached={}){
let shown=board.attached.filter(({field})=>Object.hasOwn(attached,field));let text=JSON.stringify(shown.map(({field})=>attached[field]));if(place.dataset.shown===text)return;place.dataset.shown=text;place.replaceChildren(...shown.map((each)=>$bc(each,attached[each.field]??"")));}
function $bc({title,link},text){
let address=link?$ca(text):null;if(address!==null){
let anchor=$a("a","link",title);anchor.href=address.href;anchor.rel="noopener noreferrer nofollow";anchor.target="_blank";anchor.title=address.host;return anchor;}
let fact=$a("span","fact");let value=$a("bdi","value",text);value.title=text;fact.append($a("span","label",title)," ",value);return fact;}
function $ca(text){
if(!/^https:\/\/[^\s/\\@?#]+([/?#]\S*)?$/i.test(text)||!URL.canParse(text))return null;let address=new URL(text);return address.protocol==="https:"&&!address.username&&!address.password?address:null;}
let $aj=()=>document.documentElement.dataset.embed!==undefined;function $bH(shown,chosen){
let kept=shown.slice(1).split("&").filter((part)=>/^(embed|clear)(=|$)/.test(part));let parts=[...kept,chosen.slice(1)].filter((part)=>part!=="");return parts.length===0?"":`#${parts.join("&")}`;}
let $cc=matchMedia("(prefers-reduced-motion: reduce)");let PODIUM=3;let $aO=3;function $aH(entries,{columns,followed=null,first=0,before=new Map(),animate=false}){
let previous=new Map();for(let element of $f(".entry")){
let{player,rank,scores}=element.dataset;previous.set(`${element.localName} ${player}`,{element,rank,scores});}
let winners=first===0&&!$aj()?$ba(entries,columns):0;let next=entries.map((entry,index)=>{
let $ap=index<winners;let element=previous.get(`${$ap ? "li" : "tr"} ${entry.player_id}`)?.element??
($ap?$bb(columns):$bf(columns));fill(element,entry,columns,before.get(entry.player_id));return element;});let focused=document.activeElement;find("podium").replaceChildren(...next.slice(0,winners));find("podium").hidden=winners===0;find("rows").replaceChildren(...next.slice(winners));find("table").hidden=winners>0&&winners===next.length;if(focused instanceof HTMLElement&&focused.closest(".entry"))focused.focus({preventScroll:true});$av(followed);$bv(next,columns.length);if(!animate||$cc.matches)return;for(let element of next)$aV(element,previous.get(`${element.localName} ${element.dataset.player}`));}
function $ba(entries,columns){
let last=entries[PODIUM - 1];let $bA=last!==undefined&&last.rank<=PODIUM;return $bA&&(entries[PODIUM]?.rank??Infinity)>PODIUM&&columns.length<=$aO?PODIUM:0;}
function $av(id){
for(let element of $f(".entry")){
let $x=element.dataset.player===id;element.classList.toggle("followed",$x);if($x)element.setAttribute("aria-current","true");else element.removeAttribute("aria-current");}
}
function $cd(rank){
let entries=$f(".entry");(entries.find((each)=>Number(each.dataset.rank)>=rank)??entries.at(-1))?.scrollIntoView({block:"center"});}
function $ab(){
let who=$a("div","who");who.append($a("bdi","name"),$a("bdi","id"));return who;}
function $bf(columns){
let rank=$a("td","rank");rank.append($a("span","place"),$a("span","moved"));let player=$a("th","player");player.scope="row";player.append($ab(),$a("div","attached"));let row=$a("tr","entry");row.append(rank,player,...columns.map(()=>$a("td","score")));return row;}
function $bb(columns){
let card=$a("li","entry");card.append($a("span","place"),$ab());for(let[index,{title}]of columns.entries()){
let line=$a("p","line",index===0?"":`${title} `);line.append($a("span","score"));card.append(line);}
card.append($a("div","attached"),$a("span","moved"));return card;}
function fill(element,entry,columns,before=entry.rank){
let[name,id]=$J(entry);let texts=$v(entry,columns);element.dataset.rank=String(entry.rank);element.dataset.player=entry.player_id;element.dataset.scores=texts.join("|");$b($n(".place",element),$c(entry.rank));$z($n(".name",element),name);$z($n(".id",element),id);$f(".score",element).forEach((cell,index)=>$b(cell,texts[index]??""));$aF($n(".attached",element),entry.attached);$cm($n(".moved",element),before - entry.rank);}
function $cm(element,ranks){
let $I=Number.isFinite(ranks)&&ranks!==0;element.dataset.moved=ranks>0?"up":"down";element.hidden=!$I;$b(element,$I?$c(Math.abs(ranks)):"");element.title=$I?`${ranks > 0 ? "Up" : "Down"} ${element.textContent} since you last looked`:"";element.role="img";element.setAttribute("aria-label",element.title);}
let $L=(texts)=>Math.max(0,...texts.map((text)=>text.length));let $az=(element,property)=>Number(element.style.getPropertyValue(property));function $bv(entries,columns){
let table=find("table");let scores=entries.map((entry)=>$f(".score",entry).map((cell)=>cell.textContent));let widths=$f("thead .score",table).map((heading,index)=>{
let width=Math.max(
columns>1?Math.ceil(1.25*Math.min(10,$L(heading.textContent.split(" ")))):6,
$L(scores.map((texts)=>texts[index]??"")),
$az(heading,"--digits"),
);heading.style.setProperty("--digits",String(width));return width;});let places=entries.map((entry)=>$n(".place",entry).textContent);let $bZ=Math.max(3,$L(places),$az(table,"--rank-digits"));table.style.setProperty("--rank-digits",String($bZ));table.style.setProperty("--columns",String(columns));table.style.setProperty("--all-digits",String(widths.reduce((sum,width)=>sum + width,0)));find("podium").style.setProperty("--digits",String(widths[0]??0));showOverflow();}
function showOverflow(){
let frame=find("frame");let $ao=frame.scrollWidth>frame.clientWidth;if($ao)frame.tabIndex=0;else frame.removeAttribute("tabindex");find("more").hidden=!$ao;frame.classList.toggle("goes-on",frame.scrollLeft + frame.clientWidth<frame.scrollWidth - 1);}
addEventListener("resize",showOverflow);find("frame").addEventListener("scroll",showOverflow,{passive:true});function $aV(element,before){
let{rank,scores}=element.dataset;if(before?.rank!==rank)element.animate({opacity:[0,1]},{duration:450,easing:"ease-out"});if(before===undefined||before.scores===scores)return;let flash=getComputedStyle(element).getPropertyValue("--flash");for(let cell of $f(".score",element)){
cell.animate({backgroundColor:[flash,"transparent"]},{duration:1400,easing:"ease-out"});}
}
let $A="loading";function $R(next,animate){
state.shown=next;let{chosen,rankToReveal}=state;let{entries,players,window}=next.body;state.players=players;let before=window&&!window.sealed?$aZ(window.id,entries):new Map();$P($C());$aH(entries,{columns,followed:chosen.player,first:chosen.offset,before,animate});$aG($bj(next.body,chosen.offset,chosen.player),chosen.offset,players,LIMIT);$S();if(rankToReveal!==null)$cd(rankToReveal);state.rankToReveal=null;}
function $ck(){
let last=state.views.get(keyOf(state.chosen));if(last!==undefined)return $R(last,false);state.shown=null;$P($bm(state.reason));$aH([],{columns});$aG([],state.chosen.offset,state.players,LIMIT);}
function $aX(){
announce($C()?.[0]??find("range").textContent);}
function $S(){
let{window}=state.chosen;let $d=$af(window,kinds)??kinds[0];$cg(
kinds.map((kind)=>[$aK[kind]??"",$bJ(kind,$d)]),
closes($d)?window:$d,
);let name=window===$d?$aq($d,$d):$M(window,$d);$b(find("caption"),`${board.title}, ${name}`);}
function $bJ(kind,$d){
let label=$aq(kind,$d);if(!closes(kind))return $ar([],kind,label,kind,0,false);let year=new Date(now()).getFullYear();let $w=$e()?.body.window?.sealed===true;return $ar(state.windows,kind,label,kind===$d?state.chosen.window:kind,year,$w);}
function $aq(kind,$d){
let label=labels.get(kind)??kind;let $bB=state.windows.length===0||state.windows.some((each)=>each.every===kind&&each.current);let isGap=(kind===$d&&$e()?.gap)||(closes(kind)&&!$bB);return isGap?`${label} (${$p(kind).note})`:label;}
function $cp(){
$S();if($e()!==null)$P($C());}
function $Q(){
let retries={failures:state.failures,reason:state.reason,next:state.nextTry - Date.now()};let staleAfter=board.stale_seconds*1000;let[condition,parts]=$bg(state.shown,retries,staleAfter,now());$co(...describeReset($e(),state.upcoming,kinds,now()));$ch(condition,parts);$aW(condition,parts.join(""));}
function $aW(condition,text){
let isBad=(each)=>each==="stale"||each==="down";if(condition!==$A&&isBad(condition))announce(text);if(condition==="live"&&isBad($A))announce("The ranking is up to date again.");$A=condition;}
let $C=()=>state.shown&&$bl(state.shown,state.windows,kinds,now());let $y=(players,limit)=>Math.max(0,Math.floor((players - 1)/ limit)*limit);async function $bs(rank,players,limit,$D){
let low=Math.min(Math.floor((rank - 1)/ limit)*limit,$y(players,limit));let high=$y(players,limit);let probe=low;while(low<high){
if((await $D(probe + limit - 1))>=rank)high=probe;else low=probe + limit;probe=low + Math.floor((high - low)/ limit / 2)*limit;}
return low;}
let $h=false;let rounds=0;let isOwn=false;function $i(id,own=false){
rounds +=1;find("matches").hidden=true;$h=id!==null;isOwn=own;$ai();$g($h?"Searching…":"");}
function $aD(text){
$i(null);$g(text);announce(text);}
function $N(id,window,$q){
let ending=$q
?" did not score in this window"
:` has not scored ${window === "all_time" ? "" : "in this window "}yet`;$ai();$g("",id,ending);if($h)announce(id + ending);$h=false;}
function $aw(reason){
if(!$h)return;$g(
...reason===null?["The search can’t be answered right now."]:["The search can’t be answered: ",reason],
);$h=false;}
function $cn(entry,players,columns,gap){
$cj(entry,players,columns,gap);$aF(find("found-attached"),entry.attached);$g("");if(isOwn)$aE(entry.player_id);if($h)announce(find("found").innerText);$h=false;}
let SPAN=5;let $l=board.refresh_seconds*1000;let LONGEST_WAIT=Math.max($l,120_000);let WINDOWS_INTERVAL=Math.max($l,60_000);let $aS=15_000;let $aM=2000;let request=null;let timer=0;let $aI=-Infinity;function $Y(){
request?.abort();request=new AbortController();return request;}
function $cr(){
clearTimeout(timer);}
function $aB(milliseconds){
clearTimeout(timer);timer=setTimeout(()=>refresh(),milliseconds);}
let $cu=(milliseconds)=>milliseconds*(0.9 + 0.2*Math.random());let $ct=(failures)=>Math.min($l*2**(failures - 1),LONGEST_WAIT);function $ce(){
clearTimeout(timer);if(document.hidden)return;let usual=$e()?.body.window?.sealed?LONGEST_WAIT:$l;let{failures}=state;let wait=$cu(failures===0?usual:$ct(failures));state.nextTry=Date.now()+ wait;$aB(wait);}
async function refresh(pin=null){
clearTimeout(timer);let{signal}=$Y();let asked={...state.chosen};try{
let answer=await $bn(asked,pin,signal);if(!$X(answer))return;$aC(answer.body.window);}catch(error){
if(signal.aborted)return;if(!$aT(error,asked))return;}
$O(false);$ce();$Q();}
async function $bn({window,offset,player},pin,signal){
if($e()?.gap&&!await isOn(window,signal))throw new Missing("no window is on");if(offset===null&&player!==null)return $bp(player,window,SPAN,pin,signal);return $ac(window,offset??0,LIMIT,player,pin,signal);}
function $ax(skew){
if(Math.abs(skew - state.skew)>$aM)state.skew=skew;}
function $X({body,asOf,skew},gap=false){
let{chosen}=state;state.failures=0;state.reason=null;$ax(skew);if(body.entries.length===0&&chosen.offset!==null&&chosen.offset>0){
let last=$y(body.players,LIMIT);choose({offset:last<chosen.offset?last:0},{replace:true});return false;}
let $an=$u()!==null;let view={key:keyOf(chosen),...chosen,body,asOf,gap};state.views.set(view.key,view);$R(view,$an);if(!$an)$aX();$ci(view);return true;}
function $aT(error,{window,offset,player}){
if(error instanceof Missing){
if(offset===null){
if(player!==null)$N(player,window,$q());return $aa({offset:$e()?.offset??0});}
let kind=kinds.find((each)=>each===window);if(kind===undefined){
$g("This board does not have the window ",window," any more. This is the present one.");announce(`This board does not have the window ${window} any more`);return $aa({window:kinds[0],offset:0});}
if(closes(kind))return $aU();}
state.failures +=1;state.reason=error instanceof Refused||error instanceof Missing?error.message:null;$aw(state.reason);console.info("The ranking could not be loaded:",error);if($u()===null)$ck();return true;}
function $aa(change){
choose(change,{replace:true});return false;}
function $aU(){
let answer={body:{entries:[],players:0,window:null},asOf:null,skew:state.skew};if(!$X(answer,true))return false;$aC(null);return true;}
function $ci({player,window,body,gap}){
if(player===null)return;if(gap)return $aD(`${$p(window).sentence}, so no player is ranked in it.`);let around=body.around??body.entries;let own=around.find((entry)=>entry.player_id===player);if(own===undefined)return $N(player,window,$q());$cn(own,body.players,columns,$bh(around,player,columns));}
function $q(){
let view=$e();return view!==null&&$H(view,kinds,now());}
async function $aC(window){
let listed=state.windows.find((each)=>each.id===window?.id);let $bG=window===null||(listed?.sealed===window.sealed&&listed.ends_at===window.ends_at);let wait=$bG?WINDOWS_INTERVAL:$l;if(!kinds.some(closes)||Date.now()- $aI<wait)return;try{
await $as(AbortSignal.timeout($aS));}catch(error){
console.info("The windows could not be listed:",error);}
}
async function $as(signal){
$aI=Date.now();let{body,skew}=await $bq(signal);$ax(skew);state.windows=body.windows;state.upcoming=body.upcoming??[];$cp();}
async function isOn(kind,signal){
await $as(signal);return state.windows.some((each)=>each.every===kind&&each.current);}
function choose(change,{replace=false,rank=null}={}){
let $bC=!replace&&!("window" in change)&&!("player" in change);let turned=$bC?$e():null;let pin=turned!==null&&!turned.body.window?.sealed?turned.asOf:null;if("window" in change)state.players=0;state.rankToReveal=rank;Object.assign(state.chosen,change);$cv(replace);$S();$av(state.chosen.player);let last=state.views.get(keyOf(state.chosen));if(last!==undefined&&$u()===null&&(pin===null||last.asOf===pin))$R(last,false);$O($u()===null);$Q();refresh(pin);}
function $cv(replace){
let hash=$bH(location.hash,$ag(state.chosen,kinds,$aA()));if(hash===location.hash)return;let address=hash||location.pathname + location.search;if(replace||$aj())history.replaceState(null,"",address);else history.pushState(null,"",address);}
async function $cf(text){
$i(text);let round=rounds;let{window}=state.chosen;try{
let{entries,more}=await $bt(text,window);if(round!==rounds)return;let[first]=entries;if(entries.length>1)$cl(entries,more);else if(first!==undefined)pick(first.player_id);else if(isId(text))pick(text);else $N(text,window,$q());}catch(error){
if(round!==rounds)return;$aw(error instanceof Missing||error instanceof Refused?error.message:null);}
}
let isId=(text)=>board.search!=="name"&&$s.test(text);async function $bt(text,window){
let{signal}=new AbortController();let{body}=await $ae(isId(text)?{ids:text}:{name:text},window,signal);if(!isId(text)||body.entries.length>0)return body;return(await $ae({name:text},window,signal)).body;}
function pick(id){
$i(id,true);choose({player:id,offset:null});}
function $cl(entries,more){
let text=more?`The first ${entries.length} so named. Type more for others.`:"Which player?";$g(text);announce(text);find("matches").replaceChildren(...entries.map($bd));find("matches").hidden=false;}
function $bd(entry){
let[name,id]=$J(entry);let button=$a("button","match");button.type="button";button.append(
$a("span","",`${entry.rank}`),
$a("bdi","name",name),
$a("bdi","id",id),
$a("span","score",$v(entry,columns)[0]),
);button.addEventListener("click",()=>pick(entry.player_id));return button;}
let $ah=null;function $Z(){
let own=$aA();let choice=$bV(location.hash,kinds,LIMIT,own);find("player").value=choice.player===own?"":choice.player??"";$i(choice.player);choose(choice,{replace:true});}
function $aY(window){
if(window===state.chosen.window)return;$i(state.chosen.player);choose({window,offset:state.chosen.offset===null?null:0});}
function $T(){
$i(null);if(state.chosen.player!==null)choose({player:null,offset:state.chosen.offset??0});}
function $bS(event){
event.preventDefault();let id=find("player").value.trim();if(board.search!=="id"&&id!==""){
$T();return $cf(id);}
if($s.test(id)){
$i(id,true);return choose({player:id,offset:null});}
$T();let rule="One starts with a letter or a digit and has up to 128 letters, digits and . _ ~ : @ -";$aD(id === "" ? `Enter a player’s ${board.search}.` : `That is not a player id. ${rule}`);}
function $bT(){
$aE(null);$T();find("player").value="";find("player").focus();}
function $bP(){
if(state.chosen.offset!==null)choose({offset:null});find("ranking").scrollIntoView({block:"start"});}
async function $bO(){
let{window,player}=state.chosen;let hash=$ag({window,offset:null,player},kinds,null);let url=location.origin + location.pathname + hash;try{
if(typeof navigator.share==="function")return await navigator.share({title:document.title,url});await navigator.clipboard.writeText(url);$g("The link is on the clipboard.");}catch(error){
if(error instanceof DOMException&&error.name==="AbortError")return;$g("This link opens at the player: ",url);}
}
function $bR(event){
let button=$bu(event,"[data-page]");if(button===null||button.getAttribute("aria-disabled")==="true")return;let offset=state.chosen.offset??0;let last=$y(state.players,LIMIT);let targets={first:0,whole:0,previous:offset - LIMIT,next:offset + LIMIT,last};let target=targets[button.dataset.page??""]??0;choose({offset:Math.min(Math.max(0,target),last)});find("ranking").scrollIntoView({block:"start"});}
async function $bQ(event){
event.preventDefault();let rank=find("rank").valueAsNumber;let{window}=state.chosen;let pin=$e()?.asOf??null;let{signal}=$Y();$O(true);let $D=async(position)=>{
let{body}=await $ac(window,position,1,null,pin,signal);return body.entries[0]?.rank??Infinity;};let offset=await $bs(rank,state.players,LIMIT,$D).catch(()=>state.chosen.offset??0);if(!signal.aborted)choose({offset},{rank});}
function $bU(){
if(document.hidden)return;$Q();let window=state.shown?.body.window;let ends=$k(window?.ends_at);if(ends===null||ends>now()||ends===$ah||window?.sealed)return;$ah=ends;$aB(Math.random()*Math.min($l,5000));}
function $ay(){
if(document.hidden){
$cr();$cs();}else refresh();}
function $bu(event,selector){
let element=event.target instanceof Element?event.target.closest(selector):null;return element instanceof HTMLElement?element:null;}
find("window").addEventListener("change",()=>$aY(find("window").value));find("pager").addEventListener("click",$bR);find("jump").addEventListener("submit",$bQ);find("search").addEventListener("submit",$bS);find("found-close").addEventListener("click",$bT);find("found-show").addEventListener("click",$bP);find("found-share").addEventListener("click",$bO);find("retry").addEventListener("click",()=>refresh());document.addEventListener("visibilitychange",$ay);addEventListener("online",$ay);addEventListener("hashchange",$Z);setInterval($bU,1000);$Z();
