"use strict";{
let KEY="leaderboards.theme";let system=matchMedia("(prefers-color-scheme: dark)");let root=document.documentElement;let choice=null;try{
choice=localStorage.getItem(KEY);}catch{}
let $c=()=>{let wanted=root.dataset.embed??root.dataset.tv;if(wanted==="light"||wanted==="dark")return wanted;if(choice==="light"||choice==="dark")return choice;return system.matches?"dark":"light";};let $b=()=>($c()==="dark"?"light":"dark");let $a=()=>{let shown=new URLSearchParams(location.hash.slice(1));for(let name of["embed","clear","tv"]){let value=shown.get(name);if(value===null)delete root.dataset[name];else root.dataset[name]=value;}root.dataset.theme=$c();document.getElementById("theme")?.setAttribute("aria-label",`Switch to the ${$b()} theme`);};let $d=()=>{choice=$b();try{
localStorage.setItem(KEY,choice);}catch{}
$a();};$a();system.addEventListener("change",$a);addEventListener("hashchange",$a);document.addEventListener("DOMContentLoaded",()=>{$a();document.getElementById("theme")?.addEventListener("click",$d);});}
