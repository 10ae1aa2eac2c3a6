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
const ROUND=60_000;
const PATIENCE=10_000;
const AT_ONCE=6;
const RESET={weekday:"short",day:"numeric",month:"short",hour:"2-digit",minute:"2-digit"};
const resetFormat=new Intl.DateTimeFormat(LOCALE,RESET);
const resetWithYearFormat=new Intl.DateTimeFormat(LOCALE,{...RESET,year:"numeric"});
const UNREACHABLE="It does not answer: it is down, or does not let this site read it.";
let boards=[];
let addresses={};
const known=new Map();
let asked=0;
function find(id,type){
const element=document.getElementById(id);
if(element instanceof type)return(element);
throw new Error(`the page has no ${id}`);
}
function create(tag,className,text){
const element=document.createElement(tag);
element.className=className;
element.textContent=text;
element.dir="auto";
return element;
}
function findPage(board){
const added=addresses[board.board];
const written=typeof added==="string"?added:board.page;
if(written===null||!URL.canParse(written,location.href))return null;
const url=new URL(written,location.href);
return url.protocol==="https:"||url.origin===location.origin?url:null;
}
async function ask(board){
const before=known.get(board)?.ranking??null;
if(board.access==="iam")return{ranking:null,why:"Only programs that sign their requests may read it."};
const page=findPage(board);
if(page===null)return{ranking:null,why:"Its address is not known here: addresses.json has none."};
try{
const signal=AbortSignal.timeout(PATIENCE);
const answer=await fetch(new URL("v1/leaderboard?limit=1",page),{signal,credentials:"omit"});
const body=await answer.json();
if(answer.ok)return{ranking:body,why:null};
return{ranking:null,why:typeof body.detail==="string"?body.detail:`It answers ${answer.status}.`};
}catch(error){
const isLate=error instanceof DOMException&&error.name==="TimeoutError";
return{ranking:before,why:isLate?"It does not answer in time.":UNREACHABLE};
}
}
async function askAll(){
asked=Date.now();
const waiting=[...boards];
const work=async()=>{
for(let board=waiting.shift();board!==undefined;board=waiting.shift()){
known.set(board,await ask(board));
showBoard(board);
}
};
await Promise.all(Array.from({length:AT_ONCE},work));
arrange();
const silent=boards.filter((board)=>known.get(board)?.why).length;
const failed=silent===0?"":` ${formatCount(silent)} of them say why they have no figures.`;
find("announcement",HTMLElement).textContent=`${count(boards.length, "board")}.${failed}`;
}
const count=(number,thing)=>`${formatCount(number)} ${thing}${number === 1 ? "" : "s"}`;
const cards=new Map();
function showBoard(board){
const card=cards.get(board)??document.createElement("li");
cards.set(board,card);
card.className="board";
card.style.setProperty("--accent",board.accent);
const heading=create("h2","","");
const page=findPage(board);
const link=create(page===null?"bdi":"a","",board.title);
if(link instanceof HTMLAnchorElement&&page!==null)link.href=page.href;
heading.append(link);
const from=create("p","from",board.game===null?board.team:`${board.team} · ${board.game}`);
const hadFocus=card.contains(document.activeElement);
card.replaceChildren(heading,from,...describe(board,known.get(board)));
if(hadFocus)link.focus();
}
function describe(board,found){
if(found===undefined)return[create("p","facts","Asking…")];
const{ranking,why}=found;
const shown=[];
if(ranking!==null){
const[first]=ranking.entries;
const leader=create("p","leader","");
if(first===undefined)leader.append(create("span","","Nobody has scored yet"));
else{
const anonymous=board.hide_player_ids?"Unnamed player":first.player_id;
const format=makeScoreFormat(board.column);
leader.append(create("bdi","",first.name||anonymous),create("strong","",format(first.score)));
}
const reset=describeReset(parseTime(ranking.next_reset_at));
shown.push(leader,create("p","facts",`${count(ranking.players, "player")} · ${reset}`));
}
if(why!==null)shown.push(create("p","why",why));
return shown;
}
function describeReset(time){
if(time===null)return "never resets";
const isThisYear=new Date(time).getFullYear()===new Date().getFullYear();
return `resets ${(isThisYear ? resetFormat : resetWithYearFormat).format(time)} ${formatZone(time)}`;
}
const ORDERS={
team:(one,other)=>one.team.localeCompare(other.team),
title:()=>0,
players:(one,other)=>playersOf(other)- playersOf(one),
reset:(one,other)=>resetOf(one)- resetOf(other),
};
const playersOf=(board)=>known.get(board)?.ranking?.players??-1;
const resetOf=(board)=>parseTime(known.get(board)?.ranking?.next_reset_at)??Number.MAX_SAFE_INTEGER;
function arrange(){
const team=find("team",HTMLSelectElement).value;
const order=ORDERS[find("order",HTMLSelectElement).value]??(()=>0);
const shown=boards.filter((board)=>team===""||board.team===team);
shown.sort((one,other)=>order(one,other)||one.title.localeCompare(other.title));
const list=find("boards",HTMLElement);
const focused=document.activeElement;
list.replaceChildren(...shown.flatMap((board)=>cards.get(board)??[]));
if(focused instanceof HTMLElement&&list.contains(focused))focused.focus({preventScroll:true});
const many=shown.length===boards.length?"":` of ${formatCount(boards.length)}`;
find("state",HTMLElement).textContent=boards.length===0
?"There is no board yet."
:`${count(shown.length, "board")}${many}`;
}
function chooseFromAddress(){
const wanted=new URLSearchParams(location.hash.slice(1));
for(const id of["team","order"]){
const select=find(id,HTMLSelectElement);
const value=wanted.get(id)??"";
const isKnown=[...select.options].some((option)=>option.value===value);
select.value=isKnown?value:select.options[0]?.value??"";
}
arrange();
}
function onChoice(){
const wanted=new URLSearchParams();
const[team,order]=["team","order"].map((id)=>find(id,HTMLSelectElement).value);
if(team)wanted.set("team",team);
if(order&&order!=="team")wanted.set("order",order);
history.replaceState(null,"",wanted.size>0?`#${wanted}`:location.pathname + location.search);
arrange();
}
function askInTime(){
if(!document.hidden&&Date.now()- asked>=ROUND)askAll();
}
async function read(name){
const answer=await fetch(name,{cache:"no-cache"});
return answer.ok?await answer.json():null;
}
async function start(){
const[list,added]=await Promise.all([read("boards.json"),read("addresses.json").catch(()=>null)]);
boards=list.boards;
addresses=added??{};
const teams=[...new Set(boards.map((board)=>board.team))].sort();
find("team",HTMLSelectElement).append(...teams.map((team)=>new Option(team,team)));
find("wish",HTMLElement).hidden=boards.length<2;
for(const board of boards)showBoard(board);
chooseFromAddress();
addEventListener("hashchange",chooseFromAddress);
find("wish",HTMLElement).addEventListener("change",onChoice);
find("wish",HTMLElement).addEventListener("submit",(event)=>event.preventDefault());
document.addEventListener("visibilitychange",askInTime);
setInterval(askInTime,5000);
await askAll();
}
start().catch(()=>{
find("state",HTMLElement).textContent="The list of boards could not be loaded. Load the page again.";
});
