const PLAYER_ID=/^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/;
const TIMEOUT=15_000;
class Unreachable extends Error{}
class Refused extends Unreachable{}
class Missing extends Error{}
class Gone extends Error{}
const ERRORS=new Map([[400,Missing],[404,Missing],[410,Gone]]);
function fetchLeaderboard(window,offset,limit,player,pin,signal){
const query={window,offset:String(offset),limit:String(limit),...(player!==null&&{player})};
return fetchPinned("v1/leaderboard",query,pin,signal);
}
async function fetchNeighbours(id,window,span,pin,signal){
const answer=await fetchPinned("v1/players",{ids:id,window,span:String(span)},pin,signal);
if(answer.body.entries.length===0)throw new Missing(`no entry for the player ${id}`);
return answer;
}
const fetchPlayers=(by,window,signal)=>fetchAnswer("v1/players",{...by,window},signal,"entries");
const fetchWindows=(signal)=>fetchAnswer("v1/windows",{},signal,"windows");
const isObject=(value)=>typeof value==="object"&&value!==null;
const isProblem=(body,status)=>isObject(body)&&body.status===status&&typeof body.detail==="string";
async function fetchPinned(path,query,pin,signal){
try{
return await fetchAnswer(path,pin===null?query:{...query,as_of:pin},signal,"entries");
}catch(error){
if(pin===null||!(error instanceof Gone))throw error;
return fetchAnswer(path,query,signal,"entries");
}
}
async function fetchAnswer(path,query,signal,list){
const{response,body}=await fetchJson(`${path}?${new URLSearchParams(query)}`.replace(/\?$/,""),signal);
const{status}=response;
if(isProblem(body,status))throw new(ERRORS.get(status)??Refused)(body.detail);
if(!response.ok||!isObject(body)||!Array.isArray(body[list])){
throw new Unreachable(`${path} answered ${status}`);
}
const answer=(body);
const asOf=pickNewest(response.headers.get("As-Of"),answer.as_of??null);
return{body:answer,asOf,skew:measureSkew(response)};
}
async function fetchJson(address,signal){
const controller=new AbortController();
const abort=()=>controller.abort(signal.reason);
const timer=setTimeout(()=>controller.abort(new Unreachable("no answer in time")),TIMEOUT);
signal.addEventListener("abort",abort);
try{
signal.throwIfAborted();
const response=await fetch(address,{cache:"no-cache",signal:controller.signal});
const body=await response.json().catch((error)=>{
if(response.ok||controller.signal.aborted)throw error;
return null;
});
return{response,body};
}catch(error){
if(signal.aborted)throw signal.reason;
throw error instanceof Unreachable?error:new Unreachable("no usable answer",{cause:error});
}finally{
clearTimeout(timer);
signal.removeEventListener("abort",abort);
}
}
function pickNewest(...times){
let newest=null;
for(const time of times){
if(time===null||Number.isNaN(Date.parse(time)))continue;
if(newest===null||Date.parse(time)>Date.parse(newest))newest=time;
}
return newest;
}
function measureSkew(response){
const date=Date.parse(response.headers.get("Date")??"");
const cached=Number(response.headers.get("Age")??0)*1000;
return Number.isNaN(date + cached)?0:date + cached - Date.now();
}
const SECOND=1000;
const MINUTE=60*SECOND;
const HOUR=60*MINUTE;
const DAY=24*HOUR;
const LOCALE="en-GB";
const numberFormat=new Intl.NumberFormat(LOCALE);
const MOMENT={weekday:"short",day:"numeric",month:"short",hour:"2-digit",minute:"2-digit"};
const momentFormat=new Intl.DateTimeFormat(LOCALE,MOMENT);
const momentWithYearFormat=new Intl.DateTimeFormat(LOCALE,{...MOMENT,year:"numeric"});
const zoneFormat=new Intl.DateTimeFormat(LOCALE,{timeZoneName:"short"});
const formatZone=(time)=>
zoneFormat.formatToParts(time).find((part)=>part.type==="timeZoneName")?.value??"";
const formatCount=(number)=>numberFormat.format(number);
function parseTime(text){
const time=typeof text==="string"?Date.parse(text):NaN;
return Number.isNaN(time)?null:time;
}
function formatAge(milliseconds){
const length=Math.max(0,milliseconds);
const[size,unit]=pickUnit(length);
const number=Math.floor(length / size);
return `${formatCount(number)} ${unit}${number === 1 ? "" : "s"}`;
}
function pickUnit(length){
if(length<MINUTE)return[SECOND,"second"];
if(length<HOUR)return[MINUTE,"minute"];
if(length<2*DAY)return[HOUR,"hour"];
return[DAY,"day"];
}
function splitCountdown(milliseconds){
const left=Math.max(0,Math.ceil(milliseconds / SECOND))*SECOND;
const days=Math.floor(left / DAY);
const twoDigits=(size,wrap)=>String(Math.floor(left / size)% wrap).padStart(2,"0");
const clock=[[twoDigits(HOUR,24),"h"],[twoDigits(MINUTE,60),"m"],[twoDigits(SECOND,60),"s"]];
return days>0?[[String(days),"d"],...clock]:clock;
}
function formatPeriod(starts,ends,now){
if(starts===null||ends===null)return "Every activity counts";
const year=new Date(now).getFullYear();
const isThisYear=[starts,ends].every((time)=>new Date(time).getFullYear()===year);
const format=isThisYear?momentFormat:momentWithYearFormat;
const[before,after]=[formatZone(starts),formatZone(ends)];
return `${format.format(starts)}${before === after ? "" : ` ${before}`} – ${format.format(ends)} ${after}`;
}
const ID_PATTERNS=[
[/^all-time$/,"all_time"],
[/^rolling-\d{1,2}d$/,"rolling"],
[/^\d{4}-\d\d-\d\dT\d\d$/,"hour"],
[/^\d{4}-\d\d-\d\d$/,"day"],
[/^(\d{4}-W\d\d|week-\d{4}-\d\d-\d\d)$/,"week"],
[/^\d{4}-\d\d$/,"month"],
[/^[a-z][a-z0-9-]{0,31}$/,"season"],
];
function findKind(text,kinds){
const named=kinds.find((kind)=>kind===text);
if(named!==undefined)return named;
const matched=ID_PATTERNS.find(([pattern])=>pattern.test(text))?.[1];
return kinds.find((kind)=>kind===matched)??null;
}
const closes=(kind)=>kind!=="all_time"&&kind!=="rolling";
const HEADINGS={hour:"Hours",day:"Days",week:"Weeks",month:"Months",season:"Seasons"};
const describeGap=(kind)=>
kind==="season"
?{sentence:"No season is on",word:"No season",note:"none now",earlier:"Earlier seasons"}
:{sentence:"Closed right now",word:"Closed",note:"closed now",earlier:"Earlier ones"};
const hourFormat=new Intl.DateTimeFormat(LOCALE,{
day:"numeric",
month:"short",
hour:"2-digit",
minute:"2-digit",
});
const makeDateFormat=(options)=>new Intl.DateTimeFormat(LOCALE,{timeZone:"UTC",...options});
function nameWindow(id,kind,year){
if(kind==="season")return id.charAt(0).toUpperCase()+ id.slice(1).replaceAll("-"," ");
const start=id.replace("week-","");
const isOtherYear=Number(start.slice(0,4))!==year;
if (kind === "week" && start === id) return `Week ${Number(id.slice(6))}${isOtherYear ? `, ${id.slice(0, 4)}` : ""}`;
const time=new Date(kind==="hour"?`${id}:00:00Z`:start);
if(Number.isNaN(time.getTime()))return id;
if(kind==="hour")return `${hourFormat.format(time)} ${formatZone(time.getTime())}`;
if(kind==="month")return makeDateFormat({month:"long",year:"numeric"}).format(time);
const date={day:"numeric",month:"short",...(isOtherYear&&{year:"numeric"})};
if(kind==="week")return `Week of ${makeDateFormat(date).format(time)}`;
return makeDateFormat({weekday:"short",...date}).format(time);
}
function listChoices(windows,kind,label,chosen,year,isFinal){
const describe=(id,isSealed)=>`${nameWindow(id, kind, year)} (${isSealed ? "final" : "not final yet"})`;
const choices=[[kind,label]];
for(const{id,every,current,sealed}of windows){
if(every===kind&&!current)choices.push([id,describe(id,sealed||(isFinal&&id===chosen))]);
}
if(choices.some(([value])=>value===chosen))return choices;
return[...choices,[chosen,isFinal?describe(chosen,true):nameWindow(chosen,kind,year)]];
}
const MAX_OFFSET=10**9;
function parseAddress(hash,kinds,limit,own){
const parameters=new URLSearchParams(hash.replace(/^#/,""));
const window=parameters.get("window")??"";
const id=parameters.get("player")??"";
const player=PLAYER_ID.test(id)?id:null;
const offset=parseOffset(parameters.get("offset")??"");
const fallback=player===null?0:null;
return{
window:findKind(window,kinds)===null?kinds[0]:window,
offset:offset===null?fallback:offset -(offset % limit),
player:player??own,
};
}
function parseOffset(text){
return /^\d{1,10}$/.test(text)&&Number(text)<=MAX_OFFSET?Number(text):null;
}
function formatAddress({window,offset,player},kinds,own){
const parameters=new URLSearchParams();
if(window!==kinds[0])parameters.set("window",window);
const isNamed=player!==null&&(player!==own||offset===null);
if(offset!==null&&(isNamed||offset>0))parameters.set("offset",String(offset));
if(isNamed)parameters.set("player",player);
const text=parameters.toString();
return text===""?"":`#${text}`;
}
const PLAYER_KEY="leaderboards.player";
const RANKS_KEY=`leaderboards.ranks.${location.pathname.replace(/[^/]*$/, "")}`;
const MOST_PLAYERS=200;
const MOST_WINDOWS=4;
function read(key){
try{
return localStorage.getItem(key);
}catch{
return null;
}
}
function write(key,text){
try{
if(text===null)localStorage.removeItem(key);
else localStorage.setItem(key,text);
}catch{}
}
const stored=read(PLAYER_KEY);
let own=stored!==null&&PLAYER_ID.test(stored)?stored:null;
const recallPlayer=()=>own;
function rememberPlayer(id){
own=id;
write(PLAYER_KEY,id);
}
function readRanks(){
try{
const windows=JSON.parse(read(RANKS_KEY)??"[]");
return new Map(windows.map(([id,ranks])=>[id,new Map(ranks)]));
}catch{
return new Map();
}
}
const before=readRanks();
const seen=new Map(before);
function compareRanks(window,entries){
const latest=new Map(seen.get(window));
const earlier=before.get(window)??new Map();
before.set(window,earlier);
for(const{player_id:player,rank}of entries){
if(!earlier.has(player))earlier.set(player,rank);
latest.delete(player);
latest.set(player,rank);
}
seen.delete(window);
seen.set(window,new Map([...latest].slice(-MOST_PLAYERS)));
return earlier;
}
function storeRanks(){
const windows=[...seen].slice(-MOST_WINDOWS).map(([id,ranks])=>[id,[...ranks]]);
if(windows.length>0)write(RANKS_KEY,JSON.stringify(windows));
}
const board=JSON.parse(document.getElementById("board")?.textContent??"");
function makeScoreFormat(
{decimals,before="",after="",digits=decimals,seconds=0,ordinal=false},
){
const size=10n**BigInt(digits);
return(score)=>{
if(typeof score!=="number")return "–";
const scaled=BigInt(Math.abs(score).toFixed(decimals).replace(".",""))*BigInt(seconds||1);
const whole=scaled / size;
const rest=digits>0?`.${pad(scaled % size, digits)}`:"";
const body=seconds?writeClock(whole,rest):formatCount(whole)+(ordinal?findEnding(Number(whole)):rest);
return(score<0?"-":"")+ before + body + after;
};
}
const pad=(number,digits)=>String(number).padStart(digits,"0");
function writeClock(whole,rest){
const[hours,minutes,seconds]=[whole / 3600n,whole / 60n % 60n,whole % 60n];
if(hours>0n)return `${formatCount(hours)}:${pad(minutes, 2)}:${pad(seconds, 2)}${rest}`;
return minutes > 0n ? `${minutes}:${pad(seconds, 2)}${rest}` : `${seconds}${rest} s`;
}
function findEnding(place){
const isTeen=place % 100>10&&place % 100<14;
return(isTeen?null:["th","st","nd","rd"][place % 10])??"th";
}
const columns=board.columns.map(({name,title,...reading})=>({
name,
title,
format:makeScoreFormat(reading),
formatGap:makeScoreFormat({...reading,ordinal:false}),
}));
const[firstWindow,...otherWindows]=board.windows;
const kinds=[firstWindow.every,...otherWindows.map((window)=>window.every)];
const labels=new Map(board.windows.map((window)=>[window.every,window.label]));
const LIMIT=50;
const state={
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
};
const now=()=>Date.now()+ state.skew;
const keyOf = ({ window, offset, player }) => `${window} ${offset ?? `@${player}`}`;
const findChosenView=()=>(state.shown?.key===keyOf(state.chosen)?state.shown:null);
const findViewOfWindow=()=>(state.shown?.window===state.chosen.window?state.shown:null);
const BLANK="\u00a0";
function hasEnded(view,kinds,now){
const{window}=view.body;
if(!window)return false;
const ends=parseTime(window.ends_at);
const isCurrent=kinds.some((kind)=>kind===view.window);
return window.sealed||(!isCurrent&&closes(window.every)&&ends!==null&&ends<=now);
}
function describeReset(view,upcoming,kinds,now){
if(view===null)return[BLANK,"",BLANK];
if(view.gap)return describeStart(view.window,upcoming,now);
const{window}=view.body;
const ends=parseTime(window?.ends_at);
if(!window||ends===null)return["Resets","Never",formatPeriod(null,null,now)];
const period=formatPeriod(parseTime(window.starts_at),ends,now);
if(hasEnded(view,kinds,now))return["Ended",window.sealed?"Final":"Not final yet",period];
const[before,due]=nameEnd(view.body,window.every);
return[ends>now?before:due,Math.max(0,ends - now),period];
}
function nameEnd({next_reset_at:resets,next_starts_at:starts},kind){
if(!closes(kind))return["Moves on in","Moving on now"];
const isFollowed=!resets||!starts||resets===starts;
return isFollowed?["Resets in","Resetting now"]:["Ends in","Ending now"];
}
function describeStart(kind,upcoming,now){
const next=upcoming.find((window)=>window.every===kind);
const starts=parseTime(next?.starts_at);
if(starts===null)return[BLANK,describeGap(kind).word,BLANK];
const period=formatPeriod(starts,parseTime(next?.ends_at),now);
return[starts>now?"Starts in":"Starting now",Math.max(0,starts - now),period];
}
function explainEmpty(view,windows,kinds,now){
if(view.body.entries.length>0)return null;
if(view.gap){
const gap=describeGap(view.window);
const hasEarlier=windows.some((window)=>window.every===view.window&&!window.current);
const earlier=hasEarlier?` ${gap.earlier} can be chosen from the list.`:"";
return[gap.sentence,`The next one will appear here.${earlier}`];
}
if(hasEnded(view,kinds,now))return["No one was ranked","Nobody took part before this window ended."];
return["No one is ranked yet","The first players appear here soon after their first activity."];
}
function describeCondition(view,retries,staleAfter,now){
const madeAt=parseTime(view?.asOf);
const age=madeAt===null?null:now - madeAt;
if(retries.failures>0){
const again=retries.next>0?`Retrying in ${Math.ceil(retries.next / 1000)} s.`:"Retrying now.";
const results=age===null?"":`Results are ${formatAge(age)} old. `;
if(retries.reason===null)return["down",[`Can’t reach the leaderboard. ${results}${again}`]];
return["down",["The leaderboard can’t answer: “",retries.reason,`”. ${results}${again}`]];
}
if(view===null)return["loading",["Loading the ranking…"]];
if(view.gap)return["live",[describeGap(view.window).sentence]];
if(age===null)return["live",["Waiting for the first results"]];
const total=view.body.players;
const players=total>0?` · ${formatCount(total)} ${total === 1 ? "player" : "players"}`:"";
if(view.body.window?.sealed)return["live",[`Final results${players}`]];
if(age>staleAfter)return["stale",[`Out of date: these results are ${formatAge(age)} old.`]];
return ["live", [`Updated ${age < 5000 ? "just now" : `${formatAge(age)} ago`}${players}`]];
}
const explainFailure=(reason)=>[
"The ranking can’t be shown",
reason??"The leaderboard can’t be reached. This page tries again by itself.",
];
function describeDistance(entries,player,columns){
const at=entries.findIndex((entry)=>entry.player_id===player);
const own=entries[at];
if(own===undefined)return "";
const isFirst=own.rank===1;
const other=isFirst
?entries.find(({rank})=>rank>1)
:entries.slice(0,at).findLast(({rank})=>rank<own.rank);
if(other===undefined)return "";
for(const[index,{name,title,formatGap}]of columns.entries()){
const[mine,theirs]=[own,other].map(({score,columns})=>index===0?score:columns[name]);
if(mine===undefined||theirs===undefined||mine===theirs)continue;
const column=columns.length>1?`${title}: `:"";
const size=formatGap(Math.abs(mine - theirs));
return `${column}${size} ${isFirst ? "ahead of" : "to"} rank ${formatCount(other.rank)}`;
}
return isFirst?"":`Level with rank ${formatCount(other.rank)}, which came first`;
}
function describeRange({entries,players},offset,player){
if(entries.length===0)return[];
if(offset!==null){
return[`${formatCount(offset + 1)}–${formatCount(offset + entries.length)} of ${formatCount(players)}`];
}
return["Around ",entries.find((entry)=>entry.player_id===player)?.name??player??""];
}
const find=(id)=>(document.getElementById(id));
function findAll(selector,parent=document){
return([...parent.querySelectorAll(selector)]);
}
function findOne(selector,parent=document){
const[element]=findAll(selector,parent);
if(element===undefined)throw new Error(`the page has no ${selector}`);
return element;
}
function setText(element,text){
if(element.textContent!==text)element.textContent=text;
}
function setTextAndTitle(element,text){
setText(element,text);
element.title=text;
}
function createElement(tag,className,text=""){
const element=document.createElement(tag);
element.className=className;
element.textContent=text;
return element;
}
function labelPlayer(entry){
if(board.hide_player_ids)return[entry.name||"Unnamed player",""];
return entry.name?[entry.name,entry.player_id]:[entry.player_id,""];
}
const formatScores=(scores,columns)=>
columns.map(({name,format},index)=>format(index===0?scores.score:scores.columns[name]));
function showEmpty(reason){
find("empty").hidden=reason===null;
find("frame").hidden=reason!==null;
if(reason===null)return;
setText(find("empty-title"),reason[0]);
setText(find("empty-text"),reason[1]);
}
function showBusy(isBusy){
find("table").setAttribute("aria-busy",String(isBusy));
}
function showCondition(condition,parts){
find("state").dataset.state=condition;
composeText(find("state-text"),parts,"");
find("retry").hidden=condition!=="down";
}
const announce=(text)=>setText(find("announcement"),text);
function showReset(label,left,period){
setText(find("reset-label"),label);
setText(find("span"),period);
const parts=typeof left==="number"?splitCountdown(left):[[left,""]];
const countdown=find("countdown");
const text=parts.flat().join("");
if(countdown.dataset.shown===text)return;
countdown.dataset.shown=text;
const spans=[];
for(const[digits,unit]of parts){
spans.push(createElement("span","digits",digits),createElement("span","unit",unit));
}
countdown.replaceChildren(...spans);
}
function showChoices(kinds,chosen){
const select=find("window");
const text=JSON.stringify(kinds);
if(select.dataset.shown!==text){
select.dataset.shown=text;
select.replaceChildren(...kinds.flatMap(([heading,choices])=>createOptions(heading,choices)));
}
select.hidden=select.options.length<2;
if(select.value!==chosen)select.value=chosen;
}
function createOptions(heading,choices){
const options=choices.map(([value,label])=>new Option(label,value));
if(options.length<2)return options;
const group=document.createElement("optgroup");
group.label=heading;
group.append(...options);
return[group];
}
function showPager(parts,first,players,limit){
composeText(find("range"),parts,"");
const isAround=first===null;
const isFirst=first===0;
const isLast=(first??0)+ limit>=players;
find("pager").hidden=players<=limit&&isFirst;
find("jump").hidden=players<=limit;
const leadsNowhere={first:isFirst,previous:isFirst,next:isLast,last:isLast};
for(const button of findAll("[data-page]")){
const page=button.dataset.page??"";
button.hidden=isAround!==(page==="whole");
button.setAttribute("aria-disabled",String(leadsNowhere[page]??false));
}
}
const showMessage=(...parts)=>composeText(find("search-message"),parts,"id");
function composeText(element,parts,className){
if(element.textContent===parts.join(""))return;
element.replaceChildren(
...parts.map((part,index)=>(index % 2?createElement("bdi",className,part):part)),
);
}
function hideFound(){
find("found").hidden=true;
}
function showFound(entry,players,columns,gap){
const[name,id]=labelPlayer(entry);
const describe=(scores)=>{
const texts=formatScores(scores,columns);
return columns.map(({title},index)=>`${title} ${texts[index]}`).join(" · ");
};
find("found").hidden=false;
setText(find("found-rank"),`Rank ${formatCount(entry.rank)} of ${formatCount(players)}`);
setTextAndTitle(find("found-name"),name);
setTextAndTitle(find("found-id"),id);
setText(find("found-score"),describe(entry));
setText(find("found-gap"),gap);
const{pending}=entry;
const pendingText=pending&&(columns.length>1?describe(pending):formatScores(pending,columns)[0]);
setText(find("found-pending"),pendingText?`${pendingText} now, counted at the next update`:"");
setText(find("found-percentile"),describePercentile(entry.percentile,players));
}
function describePercentile(percentile,players){
if(percentile===undefined)return "";
if(players<2)return "The only player so far";
return percentile===100?"Ahead of everyone else":`Ahead of ${formatCount(percentile)}% of the others`;
}
function showAttached(place,attached={}){
const shown=board.attached.filter(({field})=>Object.hasOwn(attached,field));
const text=JSON.stringify(shown.map(({field})=>attached[field]));
if(place.dataset.shown===text)return;
place.dataset.shown=text;
place.replaceChildren(...shown.map((each)=>createField(each,attached[each.field]??"")));
}
function createField({title,link},text){
const address=link?readAddress(text):null;
if(address!==null){
const anchor=createElement("a","link",title);
anchor.href=address.href;
anchor.rel="noopener noreferrer nofollow";
anchor.target="_blank";
anchor.title=address.host;
return anchor;
}
const fact=createElement("span","fact");
const value=createElement("bdi","value",text);
value.title=text;
fact.append(createElement("span","label",title)," ",value);
return fact;
}
function readAddress(text){
if(!/^https:\/\/[^\s/\\@?#]+([/?#]\S*)?$/i.test(text)||!URL.canParse(text))return null;
const address=new URL(text);
return address.protocol==="https:"&&!address.username&&!address.password?address:null;
}
const isEmbedded=()=>document.documentElement.dataset.embed!==undefined;
function keepFrame(shown,chosen){
const kept=shown.slice(1).split("&").filter((part)=>/^(embed|clear)(=|$)/.test(part));
const parts=[...kept,chosen.slice(1)].filter((part)=>part!=="");
return parts.length===0?"":`#${parts.join("&")}`;
}
const reducedMotion=matchMedia("(prefers-reduced-motion: reduce)");
const PODIUM=3;
const MOST_COLUMNS=3;
function showRows(entries,{columns,followed=null,first=0,before=new Map(),animate=false}){
const previous=new Map();
for(const element of findAll(".entry")){
const{player,rank,scores}=element.dataset;
previous.set(`${element.localName} ${player}`,{element,rank,scores});
}
const winners=first===0&&!isEmbedded()?countWinners(entries,columns):0;
const next=entries.map((entry,index)=>{
const isWinner=index<winners;
const element=previous.get(`${isWinner ? "li" : "tr"} ${entry.player_id}`)?.element??
(isWinner?createCard(columns):createRow(columns));
fill(element,entry,columns,before.get(entry.player_id));
return element;
});
const focused=document.activeElement;
find("podium").replaceChildren(...next.slice(0,winners));
find("podium").hidden=winners===0;
find("rows").replaceChildren(...next.slice(winners));
find("table").hidden=winners>0&&winners===next.length;
if(focused instanceof HTMLElement&&focused.closest(".entry"))focused.focus({preventScroll:true});
markFollowed(followed);
fitColumns(next,columns.length);
if(!animate||reducedMotion.matches)return;
for(const element of next)animateEntry(element,previous.get(`${element.localName} ${element.dataset.player}`));
}
function countWinners(entries,columns){
const last=entries[PODIUM - 1];
const isFull=last!==undefined&&last.rank<=PODIUM;
return isFull&&(entries[PODIUM]?.rank??Infinity)>PODIUM&&columns.length<=MOST_COLUMNS?PODIUM:0;
}
function markFollowed(id){
for(const element of findAll(".entry")){
const isFollowed=element.dataset.player===id;
element.classList.toggle("followed",isFollowed);
if(isFollowed)element.setAttribute("aria-current","true");
else element.removeAttribute("aria-current");
}
}
function revealRank(rank){
const entries=findAll(".entry");
(entries.find((each)=>Number(each.dataset.rank)>=rank)??entries.at(-1))?.scrollIntoView({block:"center"});
}
function createWho(){
const who=createElement("div","who");
who.append(createElement("bdi","name"),createElement("bdi","id"));
return who;
}
function createRow(columns){
const rank=createElement("td","rank");
rank.append(createElement("span","place"),createElement("span","moved"));
const player=createElement("th","player");
player.scope="row";
player.append(createWho(),createElement("div","attached"));
const row=createElement("tr","entry");
row.append(rank,player,...columns.map(()=>createElement("td","score")));
return row;
}
function createCard(columns){
const card=createElement("li","entry");
card.append(createElement("span","place"),createWho());
for(const[index,{title}]of columns.entries()){
const line=createElement("p","line",index===0?"":`${title} `);
line.append(createElement("span","score"));
card.append(line);
}
card.append(createElement("div","attached"),createElement("span","moved"));
return card;
}
function fill(element,entry,columns,before=entry.rank){
const[name,id]=labelPlayer(entry);
const texts=formatScores(entry,columns);
element.dataset.rank=String(entry.rank);
element.dataset.player=entry.player_id;
element.dataset.scores=texts.join("|");
setText(findOne(".place",element),formatCount(entry.rank));
setTextAndTitle(findOne(".name",element),name);
setTextAndTitle(findOne(".id",element),id);
findAll(".score",element).forEach((cell,index)=>setText(cell,texts[index]??""));
showAttached(findOne(".attached",element),entry.attached);
showMove(findOne(".moved",element),before - entry.rank);
}
function showMove(element,ranks){
const hasMoved=Number.isFinite(ranks)&&ranks!==0;
element.dataset.moved=ranks>0?"up":"down";
element.hidden=!hasMoved;
setText(element,hasMoved?formatCount(Math.abs(ranks)):"");
element.title=hasMoved?`${ranks > 0 ? "Up" : "Down"} ${element.textContent} since you last looked`:"";
element.role="img";
element.setAttribute("aria-label",element.title);
}
const measureLongest=(texts)=>Math.max(0,...texts.map((text)=>text.length));
const readNumber=(element,property)=>Number(element.style.getPropertyValue(property));
function fitColumns(entries,columns){
const table=find("table");
const scores=entries.map((entry)=>findAll(".score",entry).map((cell)=>cell.textContent));
const widths=findAll("thead .score",table).map((heading,index)=>{
const width=Math.max(
columns>1?Math.ceil(1.25*Math.min(10,measureLongest(heading.textContent.split(" ")))):6,
measureLongest(scores.map((texts)=>texts[index]??"")),
readNumber(heading,"--digits"),
);
heading.style.setProperty("--digits",String(width));
return width;
});
const places=entries.map((entry)=>findOne(".place",entry).textContent);
const rankWidth=Math.max(3,measureLongest(places),readNumber(table,"--rank-digits"));
table.style.setProperty("--rank-digits",String(rankWidth));
table.style.setProperty("--columns",String(columns));
table.style.setProperty("--all-digits",String(widths.reduce((sum,width)=>sum + width,0)));
find("podium").style.setProperty("--digits",String(widths[0]??0));
showOverflow();
}
function showOverflow(){
const frame=find("frame");
const isWider=frame.scrollWidth>frame.clientWidth;
if(isWider)frame.tabIndex=0;
else frame.removeAttribute("tabindex");
find("more").hidden=!isWider;
frame.classList.toggle("goes-on",frame.scrollLeft + frame.clientWidth<frame.scrollWidth - 1);
}
addEventListener("resize",showOverflow);
find("frame").addEventListener("scroll",showOverflow,{passive:true});
function animateEntry(element,before){
const{rank,scores}=element.dataset;
if(before?.rank!==rank)element.animate({opacity:[0,1]},{duration:450,easing:"ease-out"});
if(before===undefined||before.scores===scores)return;
const flash=getComputedStyle(element).getPropertyValue("--flash");
for(const cell of findAll(".score",element)){
cell.animate({backgroundColor:[flash,"transparent"]},{duration:1400,easing:"ease-out"});
}
}
let announcedCondition="loading";
function showView(next,animate){
state.shown=next;
const{chosen,rankToReveal}=state;
const{entries,players,window}=next.body;
state.players=players;
const before=window&&!window.sealed?compareRanks(window.id,entries):new Map();
showEmpty(explainShown());
showRows(entries,{columns,followed:chosen.player,first:chosen.offset,before,animate});
showPager(describeRange(next.body,chosen.offset,chosen.player),chosen.offset,players,LIMIT);
showWindow();
if(rankToReveal!==null)revealRank(rankToReveal);
state.rankToReveal=null;
}
function showLastAnswer(){
const last=state.views.get(keyOf(state.chosen));
if(last!==undefined)return showView(last,false);
state.shown=null;
showEmpty(explainFailure(state.reason));
showRows([],{columns});
showPager([],state.chosen.offset,state.players,LIMIT);
}
function announceView(){
announce(explainShown()?.[0]??find("range").textContent);
}
function showWindow(){
const{window}=state.chosen;
const chosenKind=findKind(window,kinds)??kinds[0];
showChoices(
kinds.map((kind)=>[HEADINGS[kind]??"",listWindowsOf(kind,chosenKind)]),
closes(chosenKind)?window:chosenKind,
);
const name=window===chosenKind?labelCurrent(chosenKind,chosenKind):nameWindow(window,chosenKind);
setText(find("caption"),`${board.title}, ${name}`);
}
function listWindowsOf(kind,chosenKind){
const label=labelCurrent(kind,chosenKind);
if(!closes(kind))return listChoices([],kind,label,kind,0,false);
const year=new Date(now()).getFullYear();
const isFinal=findViewOfWindow()?.body.window?.sealed===true;
return listChoices(state.windows,kind,label,kind===chosenKind?state.chosen.window:kind,year,isFinal);
}
function labelCurrent(kind,chosenKind){
const label=labels.get(kind)??kind;
const isListed=state.windows.length===0||state.windows.some((each)=>each.every===kind&&each.current);
const isGap=(kind===chosenKind&&findViewOfWindow()?.gap)||(closes(kind)&&!isListed);
return isGap?`${label} (${describeGap(kind).note})`:label;
}
function showWindows(){
showWindow();
if(findViewOfWindow()!==null)showEmpty(explainShown());
}
function showTime(){
const retries={failures:state.failures,reason:state.reason,next:state.nextTry - Date.now()};
const staleAfter=board.stale_seconds*1000;
const[condition,parts]=describeCondition(state.shown,retries,staleAfter,now());
showReset(...describeReset(findViewOfWindow(),state.upcoming,kinds,now()));
showCondition(condition,parts);
announceCondition(condition,parts.join(""));
}
function announceCondition(condition,text){
const isBad=(each)=>each==="stale"||each==="down";
if(condition!==announcedCondition&&isBad(condition))announce(text);
if(condition==="live"&&isBad(announcedCondition))announce("The ranking is up to date again.");
announcedCondition=condition;
}
const explainShown=()=>state.shown&&explainEmpty(state.shown,state.windows,kinds,now());
const lastPageOffset=(players,limit)=>Math.max(0,Math.floor((players - 1)/ limit)*limit);
async function findPageOfRank(rank,players,limit,fetchRank){
let low=Math.min(Math.floor((rank - 1)/ limit)*limit,lastPageOffset(players,limit));
let high=lastPageOffset(players,limit);
let probe=low;
while(low<high){
if((await fetchRank(probe + limit - 1))>=rank)high=probe;
else low=probe + limit;
probe=low + Math.floor((high - low)/ limit / 2)*limit;
}
return low;
}
let isAwaited=false;
let rounds=0;
let isOwn=false;
function beginSearch(id,own=false){
rounds +=1;
find("matches").hidden=true;
isAwaited=id!==null;
isOwn=own;
hideFound();
showMessage(isAwaited?"Searching…":"");
}
function refuseSearch(text){
beginSearch(null);
showMessage(text);
announce(text);
}
function noteMissing(id,window,isOver){
const ending=isOver
?" did not score in this window"
:` has not scored ${window === "all_time" ? "" : "in this window "}yet`;
hideFound();
showMessage("",id,ending);
if(isAwaited)announce(id + ending);
isAwaited=false;
}
function noteFailure(reason){
if(!isAwaited)return;
showMessage(
...reason===null?["The search can’t be answered right now."]:["The search can’t be answered: ",reason],
);
isAwaited=false;
}
function showPlayer(entry,players,columns,gap){
showFound(entry,players,columns,gap);
showAttached(find("found-attached"),entry.attached);
showMessage("");
if(isOwn)rememberPlayer(entry.player_id);
if(isAwaited)announce(find("found").innerText);
isAwaited=false;
}
const SPAN=5;
const INTERVAL=board.refresh_seconds*1000;
const LONGEST_WAIT=Math.max(INTERVAL,120_000);
const WINDOWS_INTERVAL=Math.max(INTERVAL,60_000);
const WINDOWS_TIMEOUT=15_000;
const LEAST_SKEW_CHANGE=2000;
let request=null;
let timer=0;
let windowsAskedAt=-Infinity;
function beginRequest(){
request?.abort();
request=new AbortController();
return request;
}
function stopRefreshing(){
clearTimeout(timer);
}
function refreshAfter(milliseconds){
clearTimeout(timer);
timer=setTimeout(()=>refresh(),milliseconds);
}
const withJitter=(milliseconds)=>milliseconds*(0.9 + 0.2*Math.random());
const waitAfter=(failures)=>Math.min(INTERVAL*2**(failures - 1),LONGEST_WAIT);
function scheduleRefresh(){
clearTimeout(timer);
if(document.hidden)return;
const usual=findViewOfWindow()?.body.window?.sealed?LONGEST_WAIT:INTERVAL;
const{failures}=state;
const wait=withJitter(failures===0?usual:waitAfter(failures));
state.nextTry=Date.now()+ wait;
refreshAfter(wait);
}
async function refresh(pin=null){
clearTimeout(timer);
const{signal}=beginRequest();
const asked={...state.chosen};
try{
const answer=await fetchChosen(asked,pin,signal);
if(!acceptAnswer(answer))return;
refreshWindows(answer.body.window);
}catch(error){
if(signal.aborted)return;
if(!acceptFailure(error,asked))return;
}
showBusy(false);
scheduleRefresh();
showTime();
}
async function fetchChosen({window,offset,player},pin,signal){
if(findViewOfWindow()?.gap&&!await isOn(window,signal))throw new Missing("no window is on");
if(offset===null&&player!==null)return fetchNeighbours(player,window,SPAN,pin,signal);
return fetchLeaderboard(window,offset??0,LIMIT,player,pin,signal);
}
function noteSkew(skew){
if(Math.abs(skew - state.skew)>LEAST_SKEW_CHANGE)state.skew=skew;
}
function acceptAnswer({body,asOf,skew},gap=false){
const{chosen}=state;
state.failures=0;
state.reason=null;
noteSkew(skew);
if(body.entries.length===0&&chosen.offset!==null&&chosen.offset>0){
const last=lastPageOffset(body.players,LIMIT);
choose({offset:last<chosen.offset?last:0},{replace:true});
return false;
}
const isSame=findChosenView()!==null;
const view={key:keyOf(chosen),...chosen,body,asOf,gap};
state.views.set(view.key,view);
showView(view,isSame);
if(!isSame)announceView();
showFollowed(view);
return true;
}
function acceptFailure(error,{window,offset,player}){
if(error instanceof Missing){
if(offset===null){
if(player!==null)noteMissing(player,window,isOver());
return chooseInstead({offset:findViewOfWindow()?.offset??0});
}
const kind=kinds.find((each)=>each===window);
if(kind===undefined){
showMessage("This board does not have the window ",window," any more. This is the present one.");
announce(`This board does not have the window ${window} any more`);
return chooseInstead({window:kinds[0],offset:0});
}
if(closes(kind))return acceptGap();
}
state.failures +=1;
state.reason=error instanceof Refused||error instanceof Missing?error.message:null;
noteFailure(state.reason);
console.info("The ranking could not be loaded:",error);
if(findChosenView()===null)showLastAnswer();
return true;
}
function chooseInstead(change){
choose(change,{replace:true});
return false;
}
function acceptGap(){
const answer={body:{entries:[],players:0,window:null},asOf:null,skew:state.skew};
if(!acceptAnswer(answer,true))return false;
refreshWindows(null);
return true;
}
function showFollowed({player,window,body,gap}){
if(player===null)return;
if(gap)return refuseSearch(`${describeGap(window).sentence}, so no player is ranked in it.`);
const around=body.around??body.entries;
const own=around.find((entry)=>entry.player_id===player);
if(own===undefined)return noteMissing(player,window,isOver());
showPlayer(own,body.players,columns,describeDistance(around,player,columns));
}
function isOver(){
const view=findViewOfWindow();
return view!==null&&hasEnded(view,kinds,now());
}
async function refreshWindows(window){
const listed=state.windows.find((each)=>each.id===window?.id);
const isUpToDate=window===null||(listed?.sealed===window.sealed&&listed.ends_at===window.ends_at);
const wait=isUpToDate?WINDOWS_INTERVAL:INTERVAL;
if(!kinds.some(closes)||Date.now()- windowsAskedAt<wait)return;
try{
await listWindows(AbortSignal.timeout(WINDOWS_TIMEOUT));
}catch(error){
console.info("The windows could not be listed:",error);
}
}
async function listWindows(signal){
windowsAskedAt=Date.now();
const{body,skew}=await fetchWindows(signal);
noteSkew(skew);
state.windows=body.windows;
state.upcoming=body.upcoming??[];
showWindows();
}
async function isOn(kind,signal){
await listWindows(signal);
return state.windows.some((each)=>each.every===kind&&each.current);
}
function choose(change,{replace=false,rank=null}={}){
const isPageTurn=!replace&&!("window" in change)&&!("player" in change);
const turned=isPageTurn?findViewOfWindow():null;
const pin=turned!==null&&!turned.body.window?.sealed?turned.asOf:null;
if("window" in change)state.players=0;
state.rankToReveal=rank;
Object.assign(state.chosen,change);
writeAddress(replace);
showWindow();
markFollowed(state.chosen.player);
const last=state.views.get(keyOf(state.chosen));
if(last!==undefined&&findChosenView()===null&&(pin===null||last.asOf===pin))showView(last,false);
showBusy(findChosenView()===null);
showTime();
refresh(pin);
}
function writeAddress(replace){
const hash=keepFrame(location.hash,formatAddress(state.chosen,kinds,recallPlayer()));
if(hash===location.hash)return;
const address=hash||location.pathname + location.search;
if(replace||isEmbedded())history.replaceState(null,"",address);
else history.pushState(null,"",address);
}
async function searchNames(text){
beginSearch(text);
const round=rounds;
const{window}=state.chosen;
try{
const{entries,more}=await findPlayers(text,window);
if(round!==rounds)return;
const[first]=entries;
if(entries.length>1)showMatches(entries,more);
else if(first!==undefined)pick(first.player_id);
else if(isId(text))pick(text);
else noteMissing(text,window,isOver());
}catch(error){
if(round!==rounds)return;
noteFailure(error instanceof Missing||error instanceof Refused?error.message:null);
}
}
const isId=(text)=>board.search!=="name"&&PLAYER_ID.test(text);
async function findPlayers(text,window){
const{signal}=new AbortController();
const{body}=await fetchPlayers(isId(text)?{ids:text}:{name:text},window,signal);
if(!isId(text)||body.entries.length>0)return body;
return(await fetchPlayers({name:text},window,signal)).body;
}
function pick(id){
beginSearch(id,true);
choose({player:id,offset:null});
}
function showMatches(entries,more){
const text=more?`The first ${entries.length} so named. Type more for others.`:"Which player?";
showMessage(text);
announce(text);
find("matches").replaceChildren(...entries.map(createMatch));
find("matches").hidden=false;
}
function createMatch(entry){
const[name,id]=labelPlayer(entry);
const button=createElement("button","match");
button.type="button";
button.append(
createElement("span","",`${entry.rank}`),
createElement("bdi","name",name),
createElement("bdi","id",id),
createElement("span","score",formatScores(entry,columns)[0]),
);
button.addEventListener("click",()=>pick(entry.player_id));
return button;
}
let handledEnd=null;
function chooseFromAddress(){
const own=recallPlayer();
const choice=parseAddress(location.hash,kinds,LIMIT,own);
find("player").value=choice.player===own?"":choice.player??"";
beginSearch(choice.player);
choose(choice,{replace:true});
}
function chooseWindow(window){
if(window===state.chosen.window)return;
beginSearch(state.chosen.player);
choose({window,offset:state.chosen.offset===null?null:0});
}
function stopFollowing(){
beginSearch(null);
if(state.chosen.player!==null)choose({player:null,offset:state.chosen.offset??0});
}
function onSearch(event){
event.preventDefault();
const id=find("player").value.trim();
if(board.search!=="id"&&id!==""){
stopFollowing();
return searchNames(id);
}
if(PLAYER_ID.test(id)){
beginSearch(id,true);
return choose({player:id,offset:null});
}
stopFollowing();
const rule="One starts with a letter or a digit and has up to 128 letters, digits and . _ ~ : @ -";
refuseSearch(id === "" ? `Enter a player’s ${board.search}.` : `That is not a player id. ${rule}`);
}
function onSearchClear(){
rememberPlayer(null);
stopFollowing();
find("player").value="";
find("player").focus();
}
function onFoundShow(){
if(state.chosen.offset!==null)choose({offset:null});
find("ranking").scrollIntoView({block:"start"});
}
async function onFoundShare(){
const{window,player}=state.chosen;
const hash=formatAddress({window,offset:null,player},kinds,null);
const url=location.origin + location.pathname + hash;
try{
if(typeof navigator.share==="function")return await navigator.share({title:document.title,url});
await navigator.clipboard.writeText(url);
showMessage("The link is on the clipboard.");
}catch(error){
if(error instanceof DOMException&&error.name==="AbortError")return;
showMessage("This link opens at the player: ",url);
}
}
function onPageButton(event){
const button=findSource(event,"[data-page]");
if(button===null||button.getAttribute("aria-disabled")==="true")return;
const offset=state.chosen.offset??0;
const last=lastPageOffset(state.players,LIMIT);
const targets={first:0,whole:0,previous:offset - LIMIT,next:offset + LIMIT,last};
const target=targets[button.dataset.page??""]??0;
choose({offset:Math.min(Math.max(0,target),last)});
find("ranking").scrollIntoView({block:"start"});
}
async function onJump(event){
event.preventDefault();
const rank=find("rank").valueAsNumber;
const{window}=state.chosen;
const pin=findViewOfWindow()?.asOf??null;
const{signal}=beginRequest();
showBusy(true);
const fetchRank=async(position)=>{
const{body}=await fetchLeaderboard(window,position,1,null,pin,signal);
return body.entries[0]?.rank??Infinity;
};
const offset=await findPageOfRank(rank,state.players,LIMIT,fetchRank).catch(()=>state.chosen.offset??0);
if(!signal.aborted)choose({offset},{rank});
}
function onSecond(){
if(document.hidden)return;
showTime();
const window=state.shown?.body.window;
const ends=parseTime(window?.ends_at);
if(ends===null||ends>now()||ends===handledEnd||window?.sealed)return;
handledEnd=ends;
refreshAfter(Math.random()*Math.min(INTERVAL,5000));
}
function onVisibility(){
if(document.hidden){
stopRefreshing();
storeRanks();
}else refresh();
}
function findSource(event,selector){
const element=event.target instanceof Element?event.target.closest(selector):null;
return element instanceof HTMLElement?element:null;
}
find("window").addEventListener("change",()=>chooseWindow(find("window").value));
find("pager").addEventListener("click",onPageButton);
find("jump").addEventListener("submit",onJump);
find("search").addEventListener("submit",onSearch);
find("found-close").addEventListener("click",onSearchClear);
find("found-show").addEventListener("click",onFoundShow);
find("found-share").addEventListener("click",onFoundShare);
find("retry").addEventListener("click",()=>refresh());
document.addEventListener("visibilitychange",onVisibility);
addEventListener("online",onVisibility);
addEventListener("hashchange",chooseFromAddress);
setInterval(onSecond,1000);
chooseFromAddress();
